// Ranks pictures by red, then shows what other definitions say of one of them.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { area, createRedCounter, excess, mean, oklch, redRatio, share } from 'ruddle/red-ratio'
import { redRatioBatch, redRatioOf } from 'ruddle/red-ratio/image'

const folder = fileURLToPath(new URL('../images/', import.meta.url))
const pictures = readdirSync(folder)
  .filter((name) => /\.(jpg|png|webp)$/.test(name))
  .map((name) => folder + name)

// Files: decoded a few at a time; one that cannot be read would be an entry with an error.
const ranking: { name: string; ratio: number }[] = []
for await (const { image, details, error } of redRatioBatch(pictures)) {
  if (error === undefined) ranking.push({ name: image.slice(folder.length), ratio: details.ratio })
  else console.error(`${image}: ${error.code}`)
}
ranking.sort((a, b) => b.ratio - a.ratio)
for (const { name, ratio } of ranking) {
  console.log(`${name.padEnd(18)} ${ratio.toFixed(3)} ${'█'.repeat(Math.round(ratio * 40))}`)
}

// Definitions: a ratio means something only together with the id of its definition.
const picture = 'sunset.jpg'
console.log(`\nWhat "red" means decides: ${picture}`)
for (const definition of [area(), area({ hue: 10 }), area({ hue: 30 }), excess, share, mean, oklch]) {
  const details = await redRatioOf(folder + picture, { definition })
  console.log(`${details.definition.padEnd(20)} ${details.ratio.toFixed(3)}`)
}

// Pixels: no decoder, no dependency; the same function takes a canvas's ImageData in a browser.
const pixels = new Uint8Array([255, 0, 0, 255, 255, 255])
console.log(`\na red and a white pixel: ${redRatio(pixels, { channels: 3 })}`)

// Pieces: as they come from a camera or a socket, cut anywhere.
const counter = createRedCounter({ channels: 3 })
for (const piece of [pixels.subarray(0, 2), pixels.subarray(2)]) counter.push(piece)
console.log(`the same in two pieces:  ${counter.result().ratio}`)
