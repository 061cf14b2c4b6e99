import { background, scene, vertical } from '../drawing.ts'

const wheel = (x: number) =>
  `<g transform="translate(${x} 458)"><circle r="52" fill="#1d1f22"/><circle r="32" fill="#aab1b8"/><circle r="24" fill="#d9dde1"/><circle r="9" fill="#5f666d"/><g stroke="#7d848b" stroke-width="5"><path d="M0 -23 V23 M-23 0 H23"/></g></g>`
const windows = (x: number, y: number, columns: number, rows: number) =>
  Array.from(
    { length: columns * rows },
    (_, k) =>
      `<rect x="${x + (k % columns) * 34}" y="${y + Math.floor(k / columns) * 44}" width="18" height="26" fill="${k % 3 === 0 ? '#f7e3a1' : '#7f8ea0'}"/>`,
  ).join('')

export const fireEngine = scene(
  vertical('sky', [0, '#8cc3ea'], [1, '#eaf4fb']) +
    vertical('road', [0, '#6a6f76'], [1, '#484c52']) +
    vertical('body', [0, '#e8332b'], [0.5, '#d01a1a'], [1, '#a80f14']) +
    vertical('glass', [0, '#d7ecf7'], [1, '#7fa6bd']) +
    vertical('metal', [0, '#eef1f4'], [1, '#9aa3ab']),
  background('url(#sky)'),
  '<rect x="30" y="120" width="170" height="330" fill="#b9ad9b"/><rect x="200" y="190" width="130" height="260" fill="#a79c93"/><rect x="560" y="150" width="210" height="300" fill="#bfb4a4"/><rect x="430" y="220" width="140" height="230" fill="#9fa3a6"/>',
  windows(50, 145, 4, 5),
  windows(214, 215, 3, 4),
  windows(582, 176, 5, 4),
  windows(446, 244, 3, 3),
  '<rect y="430" width="800" height="40" fill="#c9c6bf"/><rect y="462" width="800" height="138" fill="url(#road)"/><g fill="#f0ead2"><rect x="20" y="540" width="110" height="9"/><rect x="220" y="540" width="110" height="9"/><rect x="420" y="540" width="110" height="9"/><rect x="620" y="540" width="110" height="9"/></g>',
  '<ellipse cx="400" cy="508" rx="330" ry="16" fill="#000" opacity="0.35" filter="url(#blur4)"/>',
  '<path d="M90 250 H520 V456 H90Z" fill="url(#body)"/><path d="M520 210 H640 C664 210 672 224 682 262 L704 330 C712 340 714 352 714 366 V456 H520Z" fill="url(#body)"/>',
  '<path d="M90 376 H714 V398 H90Z" fill="#f6f3e9"/><path d="M90 398 H714 V404 H90Z" fill="#e2b93b"/>',
  '<path d="M546 232 H632 C646 232 650 240 656 258 L674 318 H546Z" fill="url(#glass)"/><path d="M546 318 H596 V232 H546Z" fill="#b9d7e6"/><path d="M602 240 L560 312 M620 240 L584 304" stroke="#fff" stroke-width="6" opacity="0.6"/>',
  '<g fill="url(#metal)" stroke="#7b838b" stroke-width="2"><rect x="112" y="276" width="112" height="90"/><rect x="240" y="276" width="112" height="90"/><rect x="368" y="276" width="112" height="90"/></g>',
  `<g stroke="#8b939b" stroke-width="3">${Array.from({ length: 8 }, (_, k) => `<path d="M112 ${286 + k * 10} H224 M240 ${286 + k * 10} H352 M368 ${286 + k * 10} H480"/>`).join('')}</g>`,
  `<g stroke="#c9ced3" stroke-width="8"><path d="M70 226 H560 M70 204 H560"/></g><g stroke="#aab1b7" stroke-width="5">${Array.from({ length: 15 }, (_, k) => `<path d="M${84 + k * 33} 202 V228"/>`).join('')}</g>`,
  '<rect x="562" y="188" width="70" height="22" rx="8" fill="#2d62c9"/><rect x="566" y="190" width="26" height="12" rx="5" fill="#9cc1ff"/>',
  '<rect x="676" y="412" width="40" height="22" rx="4" fill="#fff3c0"/><rect x="700" y="440" width="24" height="18" fill="#c3c9cf"/><rect x="86" y="414" width="12" height="26" fill="#ffb9a8"/>',
  '<path d="M150 456 A62 62 0 0 1 274 456Z M530 456 A62 62 0 0 1 654 456Z" fill="#5a090c"/>',
  wheel(212),
  wheel(592),
)
