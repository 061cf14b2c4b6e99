import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ImageServer extends AsyncDisposable {
  readonly url: string
}

/** Takes what is posted to `/images`, and answers 201 where it is multipart with a picture in it. */
export async function serveImages(): Promise<ImageServer> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const isPicture = /multipart\/form-data/.test(request.headers['content-type'] ?? '')
      const isWhole = Buffer.concat(parts).includes('Content-Type: image/jpeg')
      response.writeHead(isPicture && isWhole ? 201 : 400).end('taken')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/images`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
