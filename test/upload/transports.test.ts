import { httpTransport, socketTransport } from '../../src/upload/index.ts'
import { CERTIFICATE, KEY } from './certificate.ts'
import { transportSuite } from './transport-suite.ts'

const tls = { key: KEY, cert: CERTIFICATE }

transportSuite('socketTransport', () => socketTransport())
transportSuite('socketTransport with TLS', () => socketTransport({ ca: CERTIFICATE }), { receiver: { tls } })
transportSuite('httpTransport', () => httpTransport())
