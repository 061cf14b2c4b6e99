import { background, horizontal, random, scene, times, vertical } from '../drawing.ts'

const between = random(13)
const edge = (y: number) => 44 + (y - 170) * 0.11
const band = (top: number, bottom: number, fill: string) =>
  `<path d="M${300 - edge(top)} ${top} H${300 + edge(top)} L${300 + edge(bottom)} ${bottom} H${300 - edge(bottom)}Z" fill="${fill}"/>`

export const lighthouse = scene(
  vertical('sky', [0, '#5c9bd1'], [0.65, '#bfe0ee'], [1, '#f6efe0']) +
    vertical('water', [0, '#5ba7c4'], [1, '#1c5a80']) +
    vertical('rock', [0, '#8d8a84'], [1, '#4c4b4a']) +
    horizontal('white', [0, '#ffffff'], [0.55, '#f2f2ef'], [1, '#a9b4bd']) +
    horizontal('red', [0, '#e0312c'], [0.55, '#cc1e20'], [1, '#7d0f14']),
  background('url(#sky)'),
  '<g fill="#fff" opacity="0.9" filter="url(#blur8)"><ellipse cx="600" cy="150" rx="130" ry="24"/><ellipse cx="560" cy="126" rx="70" ry="32"/><ellipse cx="110" cy="220" rx="110" ry="16"/></g>',
  '<rect y="420" width="800" height="180" fill="url(#water)"/>',
  `<g stroke="#e4f4f8" stroke-width="2.4" opacity="0.55" stroke-linecap="round">${times(60, () => {
    const [x, y] = [between(0, 800), between(428, 600)]
    return `<path d="M${x} ${y} q14 -5 ${between(18, 44)} 0" fill="none"/>`
  }).join('')}</g>`,
  '<path d="M90 500 C120 440 190 452 220 436 C270 424 340 424 390 440 C450 450 470 470 520 500 C470 530 160 540 90 500Z" fill="url(#rock)"/><path d="M120 500 l40 -34 l30 22 l34 -30 M330 452 l40 40 l42 -18 l26 24" stroke="#3c3b3a" stroke-width="3" fill="none" opacity="0.5"/>',
  '<path d="M92 504 C180 536 420 540 520 502 C480 520 440 516 400 522 C300 532 180 528 92 504Z" fill="#fff" opacity="0.75" filter="url(#blur2)"/>',
  band(170, 225, 'url(#red)'),
  band(225, 280, 'url(#white)'),
  band(280, 335, 'url(#red)'),
  band(335, 390, 'url(#white)'),
  band(390, 446, 'url(#red)'),
  '<rect x="246" y="160" width="108" height="12" fill="#3d4650"/><path d="M248 160 V136 M270 160 V136 M330 160 V136 M352 160 V136 M244 138 H356" stroke="#3d4650" stroke-width="4"/>',
  '<rect x="274" y="104" width="52" height="58" fill="#ffeaa0"/><path d="M291 104 V162 M309 104 V162" stroke="#3d4650" stroke-width="4"/><path d="M266 106 C270 70 330 70 334 106Z" fill="url(#red)"/><circle cx="300" cy="74" r="6" fill="#3d4650"/>',
  '<rect x="290" y="240" width="18" height="26" rx="9" fill="#3f5566"/><rect x="290" y="350" width="18" height="26" rx="9" fill="#3f5566"/><path d="M284 446 V412 A16 16 0 0 1 316 412 V446Z" fill="#5a3a22"/>',
  '<rect x="420" y="400" width="96" height="60" fill="#f4f1ea"/><path d="M408 402 L468 362 L528 402Z" fill="url(#red)"/><rect x="440" y="420" width="20" height="22" fill="#54788f"/><rect x="478" y="420" width="20" height="40" fill="#5a3a22"/>',
  '<g stroke="#fff" stroke-width="4" fill="none" stroke-linecap="round"><path d="M600 300 q12 -14 22 0 q12 -14 22 0"/><path d="M670 260 q9 -11 17 0 q9 -11 17 0"/></g>',
)
