import { background, random, scene, times, vertical } from '../drawing.ts'

const between = random(31)
const waves = times(9, (row) => {
  const y = 330 + row * row * 3.6
  const length = 60 + row * 18
  const start = between(-80, 0)
  const crests = times(Math.ceil(900 / length), (k) => {
    const x = start + k * length
    return `Q${x + length / 4} ${y - 6 - row * 1.6} ${x + length / 2} ${y} T${x + length} ${y}`
  }).join(' ')
  return `<path d="M${start} ${y} ${crests} V600 H-100Z" fill="#0b4f86" opacity="0.16"/><path d="M${start} ${y} ${crests}" fill="none" stroke="#dff4fb" stroke-width="${1 + row * 0.35}" opacity="0.45"/>`
}).join('')

export const sea = scene(
  vertical('sky', [0, '#2f86cf'], [0.7, '#a8d8f0'], [1, '#eaf7fc']) +
    vertical('water', [0, '#7cc4dc'], [0.25, '#2f93c4'], [0.7, '#12639f'], [1, '#0a3f73']),
  background('url(#sky)'),
  '<g fill="#fff" opacity="0.9" filter="url(#blur8)"><ellipse cx="180" cy="170" rx="130" ry="22"/><ellipse cx="220" cy="146" rx="70" ry="30"/><ellipse cx="600" cy="220" rx="150" ry="16"/><ellipse cx="560" cy="204" rx="60" ry="20"/></g>',
  '<rect y="310" width="800" height="290" fill="url(#water)"/>',
  '<path d="M560 312 C600 292 640 288 680 296 C730 288 770 296 800 300 V312Z" fill="#6f9aa8"/>',
  waves,
  '<g transform="translate(300 320)"><path d="M-60 30 C-30 54 50 54 84 26Z" fill="#f4f7f9"/><path d="M-56 34 C-30 54 50 54 78 32 L70 40 C40 56 -30 56 -56 34Z" fill="#1f4c78"/><path d="M8 28 V-150" stroke="#5b6a74" stroke-width="4"/><path d="M12 -146 C70 -80 84 -20 80 14 H12Z" fill="#ffffff"/><path d="M4 -126 C-34 -70 -50 -20 -50 14 H4Z" fill="#e6eef3"/></g>',
  '<g stroke="#fff" stroke-width="4" fill="none" stroke-linecap="round"><path d="M470 120 q14 -16 26 0 q14 -16 26 0"/><path d="M560 90 q10 -12 19 0 q10 -12 19 0"/></g>',
)
