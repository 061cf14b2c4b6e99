// npm run pictures: draws the pictures that the examples, the documentation and the tests use.
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { redRatioOf } from 'ruddle/red-ratio/image'
import sharp from 'sharp'
import { chilli } from './scenes/chilli.ts'
import { fireEngine } from './scenes/fire-engine.ts'
import { forest } from './scenes/forest.ts'
import { greenField } from './scenes/green-field.ts'
import { ladybird } from './scenes/ladybird.ts'
import { lighthouse } from './scenes/lighthouse.ts'
import { nightSky } from './scenes/night-sky.ts'
import { poppies } from './scenes/poppies.ts'
import { redBarn } from './scenes/red-barn.ts'
import { redWall } from './scenes/red-wall.ts'
import { rose } from './scenes/rose.ts'
import { sea } from './scenes/sea.ts'
import { stopSign } from './scenes/stop-sign.ts'
import { strawberries } from './scenes/strawberries.ts'
import { sunset } from './scenes/sunset.ts'
import { tomatoes } from './scenes/tomatoes.ts'

const pictures: Readonly<Record<string, string>> = {
  'chilli.jpg': chilli,
  'fire-engine.png': fireEngine,
  'forest.webp': forest,
  'green-field.jpg': greenField,
  'ladybird.webp': ladybird,
  'lighthouse.webp': lighthouse,
  'night-sky.png': nightSky,
  'poppies.jpg': poppies,
  'red-barn.jpg': redBarn,
  'red-wall.jpg': redWall,
  'rose.jpg': rose,
  'sea.jpg': sea,
  'stop-sign.png': stopSign,
  'strawberries.webp': strawberries,
  'sunset.jpg': sunset,
  'tomatoes.jpg': tomatoes,
}

const folder = process.argv[2] ?? fileURLToPath(new URL('.', import.meta.url))
for (const [name, svg] of Object.entries(pictures)) {
  const file = `${folder}/${name}`
  const { size } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .jpeg({ quality: 84, force: false })
    .webp({ quality: 84, force: false })
    .png({ palette: true, effort: 10, force: false })
    .toFile(file)
  const { ratio } = await redRatioOf(file)
  console.log(`${basename(file).padEnd(20)} ${ratio.toFixed(3)} red  ${(size / 1024).toFixed(0).padStart(4)} KB`)
}
