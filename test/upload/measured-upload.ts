// An upload in a process of its own that tells how much memory it took, and had taken after half of its results:
// node --import tsx measured-upload.ts FOLDER URL FILES
import { readFileSync } from 'node:fs'
import { uploadFolder } from '../../src/upload/index.ts'

const [, , folder = '', url = '', files = '1'] = process.argv
const half = Math.ceil(Number(files) / 2)
let results = 0
let halfMiB = 0
const upload = uploadFolder(folder, { url }).on('result', () => {
  if (++results === half) halfMiB = peakMiB()
})
const { uploaded, failed, bytes } = await upload
console.log(JSON.stringify({ uploaded, failed, bytes, halfMiB, peakMiB: peakMiB() }))

function peakMiB(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
}
