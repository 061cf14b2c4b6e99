import { background, random, scene, times, vertical } from '../drawing.ts'

const between = random(11)
const glints = times(70, () => {
  const depth = between(0, 1) ** 1.6
  const y = 392 + depth * 200
  const x = 470 + between(-1, 1) * (26 + depth * 150)
  return `<ellipse cx="${x}" cy="${y}" rx="${8 + depth * 34}" ry="${1 + depth * 2.6}" fill="#ffd98a" opacity="${0.75 - depth * 0.45}"/>`
}).join('')

export const sunset = scene(
  vertical('sky', [0, '#2b1d4e'], [0.28, '#7a2350'], [0.52, '#d22f2c'], [0.75, '#f2702a'], [1, '#ffc65c']) +
    vertical('water', [0, '#e8612c'], [0.2, '#a52a2a'], [0.55, '#5a1a3a'], [1, '#1f1233']) +
    `<radialGradient id="glow"><stop offset="0" stop-color="#fff0b0"/><stop offset="0.25" stop-color="#ffb347" stop-opacity="0.75"/><stop offset="1" stop-color="#ff4500" stop-opacity="0"/></radialGradient>`,
  background('url(#sky)'),
  '<rect y="385" width="800" height="215" fill="url(#water)"/>',
  '<circle cx="470" cy="345" r="230" fill="url(#glow)"/>',
  '<g fill="#4a1640" opacity="0.55" filter="url(#blur8)"><ellipse cx="170" cy="180" rx="240" ry="16"/><ellipse cx="620" cy="130" rx="220" ry="13"/><ellipse cx="330" cy="255" rx="190" ry="10"/><ellipse cx="720" cy="240" rx="160" ry="11"/></g>',
  '<g fill="#ff9a66" opacity="0.5" filter="url(#blur4)"><ellipse cx="180" cy="192" rx="220" ry="5"/><ellipse cx="620" cy="141" rx="200" ry="4"/><ellipse cx="340" cy="262" rx="170" ry="4"/></g>',
  '<circle cx="470" cy="345" r="46" fill="#fff3c4"/>',
  '<rect y="383" width="800" height="217" fill="url(#water)"/>',
  `<g filter="url(#blur2)">${glints}</g>`,
  '<path d="M0 385 C70 350 130 362 190 372 C230 366 260 378 300 385Z" fill="#2a1030"/><path d="M800 385 C740 340 690 368 640 374 C610 378 590 382 570 385Z" fill="#2a1030"/>',
  '<g fill="#1a0a22"><path d="M205 470 C230 486 290 486 318 468 L304 492 H220Z"/><path d="M260 468 V380 L262 380 V468Z"/><path d="M264 384 C300 410 306 440 304 460 H264Z"/><path d="M257 396 C240 420 230 440 228 460 H257Z"/></g>',
  '<g stroke="#240d2b" stroke-width="3" fill="none" stroke-linecap="round"><path d="M120 120 q10 -12 20 0 q10 -12 20 0"/><path d="M180 95 q8 -9 15 0 q8 -9 15 0"/><path d="M90 160 q7 -8 13 0 q7 -8 13 0"/></g>',
)
