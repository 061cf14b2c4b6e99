import { background, grain, random, scene, times, vertical } from '../drawing.ts'

const between = random(41)
const reds = ['#b3241c', '#a81f19', '#bb2c20', '#9f1b17', '#b02a22']
const bricks = times(20, (row) =>
  times(11, (k) => {
    const x = k * 80 - (row % 2 === 0 ? 40 : 0)
    const y = row * 30
    const fill = reds[Math.floor(between(0, 4.99))]
    return `<rect x="${x + 2}" y="${y + 2}" width="76" height="26" rx="2" fill="${fill}"/><path d="M${x + 3} ${y + 27} H${x + 77} V${y + 4}" stroke="#5e0d0b" stroke-width="2" fill="none" opacity="0.5"/><path d="M${x + 4} ${y + 4} H${x + 76}" stroke="#e0604e" stroke-width="1.6" opacity="0.5"/>`
  }).join(''),
).join('')
const flower = (x: number, y: number, colour: string) =>
  `<g transform="translate(${x} ${y})" fill="${colour}">${times(5, (k) => `<circle cx="${(9 * Math.cos(k * 1.2566)).toFixed(1)}" cy="${(9 * Math.sin(k * 1.2566)).toFixed(1)}" r="7"/>`).join('')}<circle r="5" fill="#ffe9a8"/></g>`

export const redWall = scene(
  vertical('glass', [0, '#bfe0f2'], [1, '#5f8fae']) +
    vertical('frame', [0, '#ffffff'], [1, '#dcd7cc']) +
    vertical('box', [0, '#9a6b43'], [1, '#6a4526']) +
    `<radialGradient id="sun" cx="0.15" cy="0.1" r="1.1"><stop offset="0" stop-color="#ffd9a8" stop-opacity="0.22"/><stop offset="0.5" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.32"/></radialGradient>` +
    grain('rough', '0.35', 0.7),
  background('#8f2f28'),
  bricks,
  '<rect width="800" height="600" filter="url(#rough)" opacity="0.28"/>',
  '<g transform="translate(500 300) scale(1.45) translate(-555 -290)">',
  '<rect x="470" y="150" width="210" height="270" fill="#000" opacity="0.45" filter="url(#blur8)"/>',
  '<rect x="450" y="130" width="210" height="270" fill="url(#frame)"/><rect x="466" y="146" width="178" height="238" fill="url(#glass)"/>',
  '<path d="M466 384 L560 146 H600 L506 384Z M560 384 L644 170 V210 L580 384Z" fill="#fff" opacity="0.3"/>',
  '<path d="M466 146 C500 150 520 220 500 384 H466Z M644 146 C610 150 590 220 610 384 H644Z" fill="#fffdf6" opacity="0.85"/>',
  '<path d="M555 146 V384 M466 252 H644" stroke="url(#frame)" stroke-width="12"/><path d="M555 146 V384 M466 252 H644" stroke="#f4f1ea" stroke-width="10"/>',
  '<rect x="436" y="396" width="238" height="16" fill="#efeae0"/><rect x="446" y="412" width="218" height="10" fill="#000" opacity="0.35" filter="url(#blur4)"/>',
  '<rect x="452" y="410" width="206" height="46" rx="4" fill="url(#box)"/>',
  `<g fill="#4f8f3c">${times(26, () => `<ellipse cx="${between(458, 652)}" cy="${between(386, 414)}" rx="${between(8, 16)}" ry="${between(8, 14)}"/>`).join('')}</g>`,
  times(11, (k) => flower(466 + k * 18, between(376, 402), k % 2 === 0 ? '#fdf6ff' : '#f2d45c')).join(''),
  '</g>',
  background('url(#sun)'),
)
