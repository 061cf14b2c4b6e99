// node peak-memory.ts bounded|decode FILE: measures or only decodes the file, prints by how many MiB the process's peak grew.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { redRatioOf } from '../../../src/red-ratio/image.ts'

const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024
const [route, file] = process.argv.slice(2) as [string, string]
const maxPixels = 300_000_000

// idle: everything is loaded and has run once
await redRatioOf(fileURLToPath(new URL('../../../examples/images/rose.jpg', import.meta.url)), { memory: 'bounded' })
const idle = peak()
if (route === 'bounded') await redRatioOf(file, { memory: 'bounded', maxPixels })
else await sharp(file, { limitInputPixels: maxPixels }).raw().toBuffer()
console.log(peak() - idle)
