import { httpTransport } from '../../src/upload/index.ts'
import { CERTIFICATE, KEY } from './certificate.ts'
import { transportSuite } from './transport-suite.ts'

transportSuite('httpTransport with TLS', () => httpTransport({ ca: CERTIFICATE }), {
  receiver: { tls: { key: KEY, cert: CERTIFICATE } },
})
