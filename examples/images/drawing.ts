/** What every scene is made of: an SVG of 800 x 600, its parts, and random numbers that are the same in every run. */
export function scene(definitions: string, ...parts: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">
<defs>${blurs}${definitions}</defs>${parts.join('\n')}</svg>`
}

const blurs = [2, 4, 8, 16, 40]
  .map(
    (radius) =>
      `<filter id="blur${radius}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="${radius}"/></filter>`,
  )
  .join('')

type Stops = readonly (readonly [at: number, colour: string, opacity?: number])[]

const stopsOf = (stops: Stops) =>
  stops
    .map(([at, colour, opacity = 1]) => `<stop offset="${at}" stop-color="${colour}" stop-opacity="${opacity}"/>`)
    .join('')

/** From the top to the bottom of the shape that it fills. */
export function vertical(id: string, ...stops: Stops): string {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stopsOf(stops)}</linearGradient>`
}

/** From the left to the right. */
export function horizontal(id: string, ...stops: Stops): string {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="1" y2="0">${stopsOf(stops)}</linearGradient>`
}

/** A ball lit from above on the left. */
export function lit(id: string, ...stops: Stops): string {
  return `<radialGradient id="${id}" cx="0.5" cy="0.5" r="0.6" fx="0.35" fy="0.28">${stopsOf(stops)}</radialGradient>`
}

/** Fine grain, such as wood or plaster has, as a layer of black and white specks. */
export function grain(id: string, frequency: string, strength: number): string {
  return `<filter id="${id}" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="3" seed="7"/><feColorMatrix type="matrix" values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  ${strength} 0 0 0 ${-strength * 0.35}"/></filter>`
}

export function background(fill: string): string {
  return `<rect width="800" height="600" fill="${fill}"/>`
}

/** A soft shadow on the ground. */
export function shadow(x: number, y: number, rx: number, ry: number, opacity = 0.4): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="#000" opacity="${opacity}" filter="url(#blur8)"/>`
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** Numbers from `from` to `to`, the same for a seed (mulberry32). */
export function random(seed: number): (from: number, to: number) => number {
  let state = seed
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    const unit = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    return Math.round((from + unit * (to - from)) * 100) / 100
  }
}
