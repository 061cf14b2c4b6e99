import { background, lit, random, scene, times, vertical } from '../drawing.ts'

const between = random(27)
const poppy = (x: number, y: number, size: number) => {
  const turn = between(-14, 14)
  return `<path d="M${x} ${y} Q${x + between(-14, 14)} ${y + size * 2} ${x + between(-24, 24)} 640" stroke="#3f7a32" stroke-width="${2 + size / 14}" fill="none"/>
<g transform="translate(${x} ${y}) rotate(${turn}) scale(${size / 50})"><path d="M-50 -8 C-60 -46 -16 -58 0 -42 C16 -58 60 -46 50 -8 C44 22 20 30 0 30 C-20 30 -44 22 -50 -8Z" fill="#a30d0d"/><path d="M-54 0 C-60 -30 -26 -36 -4 -18 C10 10 -4 34 -18 36 C-40 36 -52 20 -54 0Z" fill="url(#silk)"/><path d="M54 0 C60 -30 26 -36 4 -18 C-10 10 4 34 18 36 C40 36 52 20 54 0Z" fill="url(#silk)"/><path d="M-30 8 C-20 -12 20 -12 30 8 C26 38 -26 38 -30 8Z" fill="#e02a1a"/><ellipse cy="-8" rx="13" ry="8" fill="#1d1a22"/><ellipse cy="-10" rx="6" ry="4" fill="#6f8f4a"/></g>`
}

export const poppies = scene(
  vertical('sky', [0, '#5aa0dc'], [1, '#e6f1f7']) +
    vertical('field', [0, '#a9c46a'], [0.4, '#7ea846'], [1, '#41752d']) +
    lit('silk', [0, '#ff6a45'], [0.4, '#ea2a16'], [1, '#b3100d']),
  background('url(#sky)'),
  '<g fill="#fff" opacity="0.85" filter="url(#blur8)"><ellipse cx="240" cy="90" rx="120" ry="20"/><ellipse cx="620" cy="130" rx="140" ry="18"/></g>',
  '<path d="M0 250 C180 200 340 240 480 226 C620 200 720 220 800 210 V600 H0Z" fill="#8fb08a"/>',
  '<path d="M0 275 C240 250 560 270 800 245 V600 H0Z" fill="url(#field)"/>',
  `<g fill="#d8321f">${times(330, (k) => {
    const depth = (k / 330) ** 1.2
    return `<ellipse cx="${between(0, 800)}" cy="${282 + depth * 110 + between(-6, 6)}" rx="${2 + depth * 8}" ry="${1.2 + depth * 5}"/>`
  }).join('')}</g>`,
  `<g stroke-width="3" fill="none">${times(170, () => {
    const x = between(0, 800)
    return `<path d="M${x} 610 q${between(-12, 12)} -60 ${between(-30, 30)} ${-between(90, 190)}" stroke="${between(0, 1) < 0.5 ? '#4f8a36' : '#79ab4a'}"/>`
  }).join('')}</g>`,
  times(15, (k) => poppy(20 + k * 54 + between(-16, 16), 380 + between(0, 60), between(22, 32))).join(''),
  poppy(130, 470, 54),
  poppy(330, 440, 64),
  poppy(540, 490, 60),
  poppy(700, 450, 52),
  poppy(430, 550, 56),
)
