import { background, random, scene, times, vertical } from '../drawing.ts'

const between = random(5)
const blades = times(420, () => {
  const depth = between(0, 1)
  const [x, y, height] = [between(-10, 810), 470 + depth * 135, 18 + depth * 46]
  const lean = between(-14, 14)
  const green = ['#3f8f2e', '#57a83c', '#2f7a2a', '#78bd4f'][Math.floor(between(0, 3.99))]
  return `<path d="M${x} ${y} q${lean / 3} ${-height / 2} ${lean} ${-height} q${-lean / 2} ${height / 2} ${-lean + 5} ${height}Z" fill="${green}"/>`
}).join('')

export const greenField = scene(
  vertical('sky', [0, '#3f8fd8'], [1, '#cfe8f8']) +
    vertical('far', [0, '#8fc07a'], [1, '#6aa858']) +
    vertical('middle', [0, '#86c45a'], [1, '#4f9a3a']) +
    vertical('near', [0, '#66b043'], [1, '#2f7d2c']),
  background('url(#sky)'),
  '<g fill="#fff" filter="url(#blur8)" opacity="0.95"><ellipse cx="190" cy="130" rx="100" ry="26"/><ellipse cx="230" cy="105" rx="66" ry="34"/><ellipse cx="590" cy="90" rx="120" ry="24"/><ellipse cx="550" cy="68" rx="60" ry="30"/><ellipse cx="400" cy="210" rx="90" ry="14"/></g>',
  '<path d="M0 320 C130 250 260 300 380 290 C540 230 660 290 800 262 V600 H0Z" fill="url(#far)"/>',
  '<path d="M0 375 C180 320 300 370 450 352 C600 330 700 350 800 325 V600 H0Z" fill="url(#middle)"/>',
  '<g fill="#2f6b35"><ellipse cx="640" cy="300" rx="42" ry="46"/><ellipse cx="676" cy="312" rx="34" ry="36"/><ellipse cx="606" cy="314" rx="30" ry="32"/></g><g fill="#4b8f46"><ellipse cx="630" cy="288" rx="26" ry="24"/><ellipse cx="668" cy="302" rx="18" ry="16"/></g><path d="M634 335 h12 v28 h-12Z" fill="#3c4a2c"/>',
  '<path d="M0 452 C220 400 420 440 800 396 V600 H0Z" fill="url(#near)"/>',
  blades,
)
