import { background, grain, lit, scene, shadow, vertical } from '../drawing.ts'

const tomato = (x: number, y: number, size: number, turn: number) => `
${shadow(x + size * 0.15, y + size * 0.82, size * 1.05, size * 0.25, 0.55)}
<g transform="translate(${x} ${y}) scale(${size / 100}) rotate(${turn})">
  <path d="M0 -84 C42 -98 104 -72 106 -4 C108 62 52 92 0 90 C-54 92 -108 62 -106 -4 C-104 -72 -42 -98 0 -84Z" fill="url(#skin)"/>
  <path d="M-70 -40 C-58 -66 -30 -76 -16 -72 C-36 -60 -54 -44 -58 -22 C-68 -22 -74 -30 -70 -40Z" fill="#fff" opacity="0.55" filter="url(#blur4)"/>
  <path d="M-60 62 C-20 84 40 80 74 48" stroke="#ff7a5a" stroke-width="10" fill="none" opacity="0.35" filter="url(#blur4)"/>
  <g fill="url(#leaf)" stroke="#1c4a12" stroke-width="1.5">
    <path d="M0 -80 C-18 -88 -44 -82 -62 -58 C-36 -64 -16 -66 0 -74Z"/><path d="M0 -80 C18 -92 48 -86 64 -64 C38 -68 18 -68 0 -74Z"/>
    <path d="M0 -80 C-14 -66 -20 -46 -14 -26 C-2 -42 4 -60 4 -76Z"/><path d="M0 -80 C16 -68 32 -56 44 -34 C22 -42 6 -58 -2 -74Z"/>
    <path d="M-5 -78 C-8 -96 -4 -108 8 -118 L16 -112 C8 -104 6 -92 7 -78Z"/>
  </g>
</g>`

export const tomatoes = scene(
  vertical('wall', [0, '#d9d3c4'], [1, '#b9ae98']) +
    vertical('table', [0, '#9a6a3c'], [1, '#6d4522']) +
    lit('skin', [0, '#ff6a4d'], [0.35, '#e3210f'], [0.75, '#b90f0a'], [1, '#6d0505']) +
    vertical('leaf', [0, '#6fae3c'], [1, '#2f6b1d']) +
    grain('wood', '0.008 0.16', 1.1),
  background('url(#wall)'),
  '<ellipse cx="180" cy="120" rx="320" ry="200" fill="#fff6dc" opacity="0.7" filter="url(#blur40)"/>',
  '<rect y="300" width="800" height="300" fill="url(#table)"/>',
  '<rect y="300" width="800" height="300" filter="url(#wood)" opacity="0.5"/>',
  '<rect y="296" width="800" height="8" fill="#4c2f16" opacity="0.5" filter="url(#blur4)"/>',
  tomato(250, 290, 110, -8),
  tomato(520, 280, 120, 10),
  tomato(375, 375, 128, 4),
  tomato(150, 430, 92, -14),
  tomato(640, 420, 104, 16),
)
