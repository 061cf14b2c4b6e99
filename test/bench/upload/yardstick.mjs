// What most would write, with form-data, fs.createReadStream, http.request and 8 lanes: node yardstick.mjs FOLDER URL
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import FormData from 'form-data'
import { reportPeak } from './peak.mjs'

const [, , folder, url] = process.argv
const agent = new Agent({ keepAlive: true })
const names = readdirSync(folder)
let next = 0

function send(name) {
  return new Promise((resolve, reject) => {
    const path = join(folder, name)
    const form = new FormData()
    form.append('image', createReadStream(path), { filename: name, knownLength: statSync(path).size })
    const headers = { ...form.getHeaders(), 'content-length': form.getLengthSync() }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', resolve)
    })
    outgoing.on('error', reject)
    form.pipe(outgoing)
  })
}

async function lane() {
  while (next < names.length) await send(names[next++])
}

await Promise.all(Array.from({ length: 8 }, lane))
agent.destroy()
reportPeak(names.length)
