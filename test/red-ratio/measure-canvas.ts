// Runs in the browser: a function of the page that draws its picture on a canvas and measures it.
import { area, redRatio, redRatioDetails } from '../../src/red-ratio/index.ts'

declare global {
  interface Window {
    measureCanvas: typeof measureCanvas
  }
}

window.measureCanvas = measureCanvas

async function measureCanvas() {
  const image = document.images[0]!
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const context = canvas.getContext('2d')!
  context.drawImage(image, 0, 0)
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
  return {
    compilesWebAssembly: compilesWebAssembly(),
    details: redRatioDetails(pixels, { alpha: 'ignore' }),
    weighted: redRatioDetails(pixels),
    narrower: redRatio(pixels, { definition: area({ hue: 15 }) }),
  }
}

function compilesWebAssembly(): boolean {
  try {
    return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) instanceof WebAssembly.Module
  } catch {
    return false
  }
}
