import { background, random, scene, times, vertical } from '../drawing.ts'

const between = random(17)
const layer = (count: number, base: number, height: number, fill: string) =>
  times(count, (k) => {
    const x = (k + between(0.1, 0.9)) * (860 / count) - 30
    const tall = height * between(0.75, 1.2)
    const wide = tall * between(0.17, 0.22)
    const tiers = times(5, (tier) => {
      const top = base - tall + (tall * tier) / 6
      const half = (wide * (tier + 1.4)) / 5
      return `M${x} ${top} L${x + half} ${top + tall * 0.3} Q${x} ${top + tall * 0.25} ${x - half} ${top + tall * 0.3}Z`
    }).join(' ')
    return `<path d="M${x - 4} ${base + 10} V${base - tall * 0.5} h8 V${base + 10}Z ${tiers}" fill="${fill}"/>`
  }).join('')

export const forest = scene(
  vertical('mist', [0, '#cfe6dc'], [0.6, '#a9d0be'], [1, '#7fb59c']) +
    vertical('ground', [0, '#2f6a46'], [1, '#123524']) +
    vertical('ray', [0, '#f7fff0', 0.75], [1, '#f7fff0', 0]),
  background('url(#mist)'),
  layer(15, 360, 230, '#93c2ae'),
  '<rect y="230" width="800" height="180" fill="#c4e0d4" opacity="0.4" filter="url(#blur40)"/>',
  layer(12, 420, 300, '#5f9f83'),
  '<rect y="330" width="800" height="140" fill="#a5d0bd" opacity="0.4" filter="url(#blur40)"/>',
  layer(9, 490, 380, '#2f7357'),
  '<g filter="url(#blur16)" opacity="0.55"><path d="M250 -40 L330 -40 L200 560 L40 560Z" fill="url(#ray)"/><path d="M420 -40 L480 -40 L430 560 L290 560Z" fill="url(#ray)"/><path d="M600 -40 L640 -40 L700 560 L560 560Z" fill="url(#ray)"/></g>',
  '<path d="M0 490 C200 460 420 500 800 470 V600 H0Z" fill="url(#ground)"/>',
  layer(6, 575, 520, '#12402c'),
  `<g fill="#1c5236">${times(60, () => {
    const x = between(0, 800)
    return `<path d="M${x} 600 q-16 ${-between(26, 70)} -34 ${-between(30, 60)} q24 4 36 40 q8 -40 34 -46 q-22 20 -30 60Z"/>`
  }).join('')}</g>`,
)
