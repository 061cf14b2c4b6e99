import { background, grain, horizontal, random, scene, times, vertical } from '../drawing.ts'

const between = random(3)
const flakes = times(170, () => {
  const size = between(1, 3.6)
  return `<circle cx="${between(0, 800)}" cy="${between(0, 600)}" r="${size}" fill="#fff" opacity="${between(0.4, 0.95)}"/>`
}).join('')
const boards = times(19, (k) => `<path d="M${262 + k * 17} 250 V470"/>`).join('')
const fir = (x: number, y: number, size: number) =>
  `<g transform="translate(${x} ${y}) scale(${size})"><path d="M0 -150 L46 -60 H22 L62 10 H-62 L-22 -60 H-46Z" fill="#2f4a44"/><path d="M0 -150 L24 -104 L4 -92 L-10 -102 L-24 -100Z M-46 -60 L-22 -66 L4 -50 L46 -60 L34 -84 L8 -74 L-34 -84Z M-62 10 L-30 0 L4 14 L62 10 L46 -18 L6 -6 L-46 -18Z" fill="#eef4f8"/></g>`

export const redBarn = scene(
  vertical('sky', [0, '#8fa9c4'], [1, '#e4ebf0']) +
    vertical('snow', [0, '#f7fafc'], [1, '#c3d3e2']) +
    horizontal('front', [0, '#b5201d'], [1, '#8f1716']) +
    horizontal('side', [0, '#8a1515'], [1, '#6d0f10']) +
    vertical('roof', [0, '#ffffff'], [1, '#d5e1eb']) +
    grain('wear', '0.2 0.02', 0.8),
  background('url(#sky)'),
  '<path d="M0 380 C120 320 260 350 400 340 C560 310 700 340 800 320 V600 H0Z" fill="#cfdbe6"/>',
  fir(90, 390, 1),
  fir(165, 400, 0.75),
  fir(700, 400, 1.15),
  fir(768, 410, 0.8),
  '<path d="M0 430 C200 400 500 420 800 405 V600 H0Z" fill="url(#snow)"/>',
  '<path d="M560 470 C660 470 760 500 790 520 C700 530 560 505 500 480Z" fill="#7d93ad" opacity="0.5" filter="url(#blur8)"/>',
  '<path d="M575 285 L690 300 V455 L575 470Z" fill="url(#side)"/>',
  '<path d="M255 470 V285 L300 205 L415 150 L530 205 L575 285 V470Z" fill="url(#front)"/>',
  `<g stroke="#5f0c0d" stroke-width="1.6" opacity="0.55" clip-path="url(#gable)">${boards}</g>`,
  '<path d="M255 470 V285 L300 205 L415 150 L530 205 L575 285 V470Z" filter="url(#wear)" opacity="0.25" clip-path="url(#gable)"/>',
  '<clipPath id="gable"><path d="M255 470 V285 L300 205 L415 150 L530 205 L575 285 V470Z"/></clipPath>',
  '<path d="M415 136 L530 152 L646 206 L704 300 L690 306 L580 292 L530 200 L415 148Z" fill="url(#roof)"/>',
  '<path d="M240 296 L292 198 L415 136 L538 198 L590 296 L574 296 L528 210 L415 156 L302 210 L256 296Z" fill="#fff"/>',
  '<g fill="none" stroke="#f3efe6" stroke-width="8"><rect x="350" y="345" width="130" height="125"/><path d="M350 345 L480 470 M480 345 L350 470 M415 345 V470"/><rect x="388" y="225" width="54" height="54" fill="#3a2a26"/><path d="M415 225 V279 M388 252 H442" stroke-width="4"/></g>',
  '<path d="M600 350 h32 v36 l-32 4Z M650 352 h26 v32 l-26 3Z" fill="#f6d889" stroke="#f3efe6" stroke-width="4"/>',
  '<path d="M240 466 C330 452 500 462 700 452 L720 480 H230Z" fill="#f4f8fb"/>',
  '<path d="M395 600 C400 560 380 520 405 474 H430 C420 520 450 560 460 600Z" fill="#b4c5d6" opacity="0.6" filter="url(#blur4)"/>',
  flakes,
)
