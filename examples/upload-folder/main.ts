// Uploads a folder to a small receiver of its own, and shows what comes back: node --import tsx main.ts [FOLDER [URL]]
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import busboy from 'busboy'
import { uploadFolder } from 'ruddle/upload'

const [, , folder = fileURLToPath(new URL('../images', import.meta.url)), url = await startReceiver()] = process.argv

const upload = uploadFolder(folder, { url, fields: () => ({ client_id: 'example' }) })
upload.on('retry', ({ entry, error }) => console.log(`${entry.relativePath} again, after: ${error.message}`))
for await (const { relativePath, status, attempts, reason, error, response } of upload) {
  console.log(relativePath.padEnd(22), status, attempts, reason ?? error?.code ?? response?.body)
}
console.log(await upload)
process.exit(0)

/** Takes pictures at POST /images, keeps nothing, and is busy now and then, as servers are. */
async function startReceiver(): Promise<string> {
  let requests = 0
  const server = createServer((request, response) => {
    if (++requests % 5 === 0) {
      request.resume()
      response.writeHead(503, { 'retry-after': '0' }).end('busy')
      return
    }
    // names come as UTF-8; busboy takes them for latin1 unless it is told
    const form = busboy({ headers: request.headers, defParamCharset: 'utf8' })
    form.on('file', (_field, file, { filename, mimeType }) => {
      let bytes = 0
      file.on('data', (data: Buffer) => {
        bytes += data.length
      })
      file.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ filename, mimeType, bytes }))
      })
    })
    form.on('error', () => response.writeHead(400).end())
    request.pipe(form)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
