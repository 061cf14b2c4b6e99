import { background, lit, scene, shadow, vertical } from '../drawing.ts'

const veins = Array.from({ length: 9 }, (_, k) => {
  const x = 60 + k * 85
  return `<path d="M${x} ${385 - k * 9} q50 ${-70} 110 ${-120}"/><path d="M${x} ${392 - k * 9} q60 60 120 86"/>`
}).join('')

export const ladybird = scene(
  `<radialGradient id="air" cx="0.3" cy="0.2" r="1"><stop offset="0" stop-color="#f1f7c8"/><stop offset="0.5" stop-color="#a8cf6a"/><stop offset="1" stop-color="#3f7a35"/></radialGradient>` +
    vertical('leaf', [0, '#8ccf4e'], [0.5, '#57a835'], [1, '#2c7026']) +
    lit('wing', [0, '#ff7358'], [0.3, '#ea2314'], [0.75, '#bf0d0d'], [1, '#5e0404']) +
    lit('black', [0, '#5a5a62'], [0.4, '#1d1d21'], [1, '#050506']),
  background('url(#air)'),
  '<g filter="url(#blur16)" opacity="0.6"><circle cx="120" cy="110" r="60" fill="#fdfde0"/><circle cx="640" cy="90" r="80" fill="#d5eba0"/><circle cx="710" cy="220" r="45" fill="#eef7c4"/><circle cx="330" cy="60" r="40" fill="#c8e58e"/></g>',
  '<path d="M-40 400 C120 220 460 170 860 260 C800 460 420 620 -40 520Z" fill="url(#leaf)"/>',
  '<path d="M-40 440 C200 360 520 300 850 268" stroke="#c4e89a" stroke-width="7" fill="none"/>',
  `<g stroke="#9fd66c" stroke-width="2.5" fill="none" opacity="0.6">${veins}</g>`,
  shadow(415, 395, 190, 60, 0.5),
  '<g transform="rotate(-9 400 320)">',
  '<g stroke="#151518" stroke-width="9" fill="none" stroke-linecap="round"><path d="M300 400 l-34 34 l-24 4"/><path d="M385 418 l-10 40 l-22 10"/><path d="M470 408 l22 40 l24 6"/><path d="M556 262 q34 -34 52 -30" stroke-width="5"/><path d="M575 290 q36 -10 50 4" stroke-width="5"/></g>',
  '<ellipse cx="552" cy="312" rx="52" ry="62" fill="url(#black)"/><ellipse cx="566" cy="282" rx="13" ry="16" fill="#f4f1e6"/><ellipse cx="578" cy="330" rx="10" ry="13" fill="#f4f1e6"/>',
  '<path d="M210 350 C200 220 300 170 400 172 C500 176 560 240 548 320 C536 400 460 424 370 420 C280 416 216 400 210 350Z" fill="url(#wing)"/>',
  '<path d="M212 340 C320 300 440 280 548 296" stroke="#3a0303" stroke-width="5" fill="none"/>',
  '<g fill="url(#black)"><ellipse cx="300" cy="240" rx="30" ry="27"/><ellipse cx="400" cy="222" rx="30" ry="24"/><ellipse cx="488" cy="240" rx="22" ry="21"/><ellipse cx="282" cy="366" rx="27" ry="24"/><ellipse cx="385" cy="372" rx="31" ry="26"/><ellipse cx="480" cy="358" rx="24" ry="24"/></g>',
  '<path d="M262 258 C300 200 380 188 430 196 C380 206 318 226 290 268 C276 282 254 274 262 258Z" fill="#fff" opacity="0.55" filter="url(#blur8)"/>',
  '</g>',
)
