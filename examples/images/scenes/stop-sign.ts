import { background, scene, vertical } from '../drawing.ts'

const octagon = (radius: number) =>
  Array.from({ length: 8 }, (_, k) => {
    const angle = ((k + 0.5) * Math.PI) / 4
    return `${(400 + radius * Math.cos(angle)).toFixed(1)},${(255 + radius * Math.sin(angle)).toFixed(1)}`
  }).join(' ')

// Letters as strokes: a picture must not depend on the fonts of the machine that draws it.
const letters = `<g transform="translate(252 205)" fill="none" stroke="#fff" stroke-width="21">
  <path d="M62 16 C48 4 14 6 14 28 C14 54 62 46 62 74 C62 100 22 100 8 86"/>
  <path d="M78 11 H142 M110 11 V102"/>
  <path d="M188 10 C158 10 158 96 188 96 C218 96 218 10 188 10Z"/>
  <path d="M244 102 V12 H266 C296 12 296 58 266 58 H244"/></g>`

export const stopSign = scene(
  vertical('sky', [0, '#6fa8dc'], [1, '#dcebf7']) +
    vertical('grass', [0, '#7fa650'], [1, '#4c7a2c']) +
    vertical('face', [0, '#d8232a'], [1, '#b3131b']) +
    `<linearGradient id="post"><stop offset="0" stop-color="#8d949a"/><stop offset="0.4" stop-color="#d6dade"/><stop offset="1" stop-color="#6b7176"/></linearGradient>`,
  background('url(#sky)'),
  '<g fill="#fff" opacity="0.85"><ellipse cx="150" cy="110" rx="90" ry="26"/><ellipse cx="200" cy="90" rx="60" ry="30"/><ellipse cx="660" cy="160" rx="80" ry="20"/><ellipse cx="620" cy="146" rx="46" ry="24"/></g>',
  '<path d="M0 430 C120 380 240 410 360 420 C520 380 660 400 800 415 V600 H0Z" fill="#a4bf85"/>',
  '<path d="M0 480 C200 450 500 470 800 455 V600 H0Z" fill="url(#grass)"/>',
  '<path d="M470 600 L560 463 H590 L760 600Z" fill="#8b8f94"/><path d="M600 600 L574 463 H577 L624 600Z" fill="#f2f0e4"/>',
  '<rect x="386" y="240" width="28" height="360" fill="url(#post)"/>',
  `<polygon points="${octagon(216)}" fill="#8a0d13" transform="translate(5 6)"/>`,
  `<polygon points="${octagon(216)}" fill="#f7f7f5"/><polygon points="${octagon(200)}" fill="url(#face)"/>`,
  letters,
  '<circle cx="400" cy="95" r="7" fill="#ccd0d4"/><circle cx="400" cy="415" r="7" fill="#ccd0d4"/>',
)
