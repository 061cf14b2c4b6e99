/** What most would write: from the textbook's formula to three comparisons. */
export function floatHsv(pixels: Uint8Array, channels = 3): number {
  let red = 0
  for (let i = 0; i < pixels.length; i += channels) {
    const r = pixels[i]! / 255
    const g = pixels[i + 1]! / 255
    const b = pixels[i + 2]! / 255
    const high = Math.max(r, g, b)
    const low = Math.min(r, g, b)
    const chroma = high - low
    let hue = 0
    if (chroma > 0) {
      if (high === r) hue = ((g - b) / chroma) % 6
      else if (high === g) hue = (b - r) / chroma + 2
      else hue = (r - g) / chroma + 4
      hue *= 60
      if (hue < 0) hue += 360
    }
    const saturation = high === 0 ? 0 : chroma / high
    if ((hue <= 20 || hue >= 340) && saturation >= 0.5 && high >= 0.2) red++
  }
  return red
}
