import { background, scene, times, vertical } from '../drawing.ts'

/** Petals in rings, each ring smaller, brighter inside, and turned by the golden angle. */
const petals = times(34, (k) => {
  const ring = 1 - k / 34
  const distance = 128 * ring ** 0.9
  const size = 46 + 92 * ring
  const turn = (k * 137.5) % 360
  return `<g transform="translate(400 275) rotate(${turn}) translate(0 ${-distance})"><path d="M0 ${size * 0.62} C${-size * 0.95} ${size * 0.4} ${-size * 0.9} ${-size * 0.55} 0 ${-size * 0.5} C${size * 0.9} ${-size * 0.55} ${size * 0.95} ${size * 0.4} 0 ${size * 0.62}Z" fill="url(#petal${k % 3})" stroke="#5c0313" stroke-opacity="0.35" stroke-width="2"/><path d="M${-size * 0.6} ${-size * 0.3} C${-size * 0.3} ${-size * 0.52} ${size * 0.3} ${-size * 0.52} ${size * 0.6} ${-size * 0.3}" stroke="#ff8d94" stroke-width="3" fill="none" opacity="0.5"/></g>`
}).join('')

const leaf = (x: number, y: number, turn: number, size: number) =>
  `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${size})"><path d="M0 0 C40 -60 130 -60 180 0 C130 50 40 50 0 0Z" fill="url(#leaf)"/><path d="M4 0 H170 M40 0 l26 -28 M80 0 l26 -30 M50 0 l26 24 M92 0 l24 22" stroke="#a9cf8a" stroke-width="3" fill="none" opacity="0.6"/></g>`

export const rose = scene(
  `<radialGradient id="dusk" cx="0.45" cy="0.4" r="0.8"><stop offset="0" stop-color="#7d9a86"/><stop offset="0.6" stop-color="#3f5a4e"/><stop offset="1" stop-color="#18271f"/></radialGradient>` +
    vertical('petal0', [0, '#f5283c'], [0.55, '#c70d27'], [1, '#5f0416']) +
    vertical('petal1', [0, '#e81c33'], [0.55, '#b00a22'], [1, '#4d0312']) +
    vertical('petal2', [0, '#fb3f4b'], [0.55, '#cf132b'], [1, '#6a0518']) +
    vertical('leaf', [0, '#5e9a4d'], [1, '#244f27']),
  background('url(#dusk)'),
  '<g filter="url(#blur16)" opacity="0.35"><circle cx="120" cy="130" r="50" fill="#cfe3c8"/><circle cx="690" cy="110" r="64" fill="#b7d2b4"/><circle cx="720" cy="430" r="40" fill="#d8e8c9"/><circle cx="90" cy="420" r="36" fill="#a8c6a6"/></g>',
  '<path d="M392 440 C400 500 396 560 386 620 H412 C420 560 420 500 414 440Z" fill="#35632f"/>',
  leaf(410, 520, -22, 1.15),
  leaf(394, 540, 200, 1.2),
  leaf(520, 400, 20, 1),
  leaf(280, 400, 160, 1),
  '<ellipse cx="400" cy="300" rx="215" ry="205" fill="#1b0508" opacity="0.5" filter="url(#blur16)"/>',
  petals,
  '<g fill="none" stroke="#3d020e" stroke-width="5" opacity="0.75"><path d="M386 262 C392 250 412 252 412 266 C412 282 386 284 380 268 C374 246 404 234 420 248 C438 268 420 298 396 296"/></g>',
  '<ellipse cx="340" cy="190" rx="70" ry="36" fill="#fff" opacity="0.16" filter="url(#blur16)" transform="rotate(-30 340 190)"/>',
)
