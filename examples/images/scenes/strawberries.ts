import { background, lit, random, scene, shadow, times, vertical } from '../drawing.ts'

const outline = 'M0 -78 C46 -96 96 -64 88 -8 C80 48 34 98 0 106 C-34 98 -80 48 -88 -8 C-96 -64 -46 -96 0 -78Z'
const between = random(21)
const seeds = times(7, (row) =>
  times(6, (k) => {
    const y = -56 + row * 22
    const x = (k - 2.5) * (30 - row * 2.4) + (row % 2 === 0 ? 0 : 13) + between(-2, 2)
    return `<g transform="translate(${x} ${y}) rotate(${x * 0.25})"><ellipse rx="4.6" ry="7" fill="#7d0a10" opacity="0.55"/><ellipse cy="1" rx="3" ry="5" fill="#f3cf6b"/></g>`
  }).join(''),
).join('')

const strawberry = (x: number, y: number, size: number, turn: number) => `
${shadow(x + 8, y + size * 0.85, size * 0.85, size * 0.26, 0.45)}
<g transform="translate(${x} ${y}) scale(${size / 100}) rotate(${turn})">
  <path d="${outline}" fill="url(#flesh)"/><g clip-path="url(#berry)">${seeds}</g>
  <path d="M-62 -40 C-50 -68 -20 -76 -2 -70 C-26 -60 -44 -38 -48 -10 C-60 -8 -70 -22 -62 -40Z" fill="#fff" opacity="0.42" filter="url(#blur4)"/>
  <g fill="url(#leaf)"><path d="M0 -72 C-20 -104 -62 -104 -84 -76 C-56 -76 -30 -70 0 -66Z"/><path d="M0 -72 C20 -104 62 -104 84 -76 C56 -76 30 -70 0 -66Z"/><path d="M0 -74 C-30 -62 -44 -44 -46 -22 C-22 -34 -4 -50 4 -68Z"/><path d="M0 -74 C30 -62 44 -44 46 -22 C22 -34 4 -50 -4 -68Z"/><path d="M0 -74 C-8 -56 -8 -40 0 -22 C8 -40 8 -56 0 -74Z"/><path d="M-4 -76 C-6 -100 4 -116 18 -122 L24 -114 C12 -106 8 -94 8 -76Z"/></g>
</g>`

export const strawberries = scene(
  vertical('cloth', [0, '#f6f1e7'], [1, '#d8cfbf']) +
    lit('flesh', [0, '#ff6257'], [0.3, '#ee1f26'], [0.75, '#c40c1c'], [1, '#7a0412']) +
    vertical('leaf', [0, '#7cc04a'], [1, '#2f7a24']) +
    `<radialGradient id="bowl" cx="0.4" cy="0.3" r="0.8"><stop offset="0" stop-color="#ffffff"/><stop offset="0.7" stop-color="#dfe6ee"/><stop offset="1" stop-color="#a9b6c6"/></radialGradient>` +
    `<clipPath id="berry"><path d="${outline}"/></clipPath>`,
  background('url(#cloth)'),
  `<g fill="#7f9fc9" opacity="0.25">${times(10, (k) => `<rect x="${k * 84}" width="28" height="600"/><rect y="${k * 84}" width="800" height="28"/>`).join('')}</g>`,
  shadow(410, 360, 350, 215, 0.4),
  '<ellipse cx="400" cy="315" rx="345" ry="245" fill="url(#bowl)"/><ellipse cx="400" cy="318" rx="295" ry="200" fill="#c7d1dd"/><ellipse cx="400" cy="326" rx="288" ry="192" fill="#e9eef4"/>',
  strawberry(285, 220, 88, -24),
  strawberry(420, 195, 92, 8),
  strawberry(545, 245, 90, 30),
  strawberry(215, 335, 90, -40),
  strawberry(350, 320, 104, -6),
  strawberry(490, 345, 104, 18),
  strawberry(600, 375, 78, 52),
  strawberry(290, 425, 84, -22),
  strawberry(425, 440, 84, 4),
)
