import { background, random, scene, times, vertical } from '../drawing.ts'

const between = random(9)
const stars = times(260, () => {
  const size = between(0.4, 1) ** 3 * 2.2
  return `<circle cx="${between(0, 800)}" cy="${between(0, 500)}" r="${size.toFixed(2)}" fill="${between(0, 1) < 0.3 ? '#cfe0ff' : '#ffffff'}" opacity="${between(0.5, 1)}"/>`
}).join('')
const peaks = (base: number, height: number, seed: number, fill: string) => {
  const rough = random(seed)
  const points = times(17, (k) => `L${k * 50} ${base - rough(0, 1) * height}`).join(' ')
  return `<path d="M0 600 ${points} V600Z" fill="${fill}"/>`
}

export const nightSky = scene(
  vertical('sky', [0, '#040918'], [0.6, '#10285a'], [1, '#2f5f8f']) +
    `<radialGradient id="halo"><stop offset="0" stop-color="#dfeaff" stop-opacity="0.55"/><stop offset="1" stop-color="#dfeaff" stop-opacity="0"/></radialGradient>`,
  background('url(#sky)'),
  '<g transform="rotate(-32 400 260)" filter="url(#blur40)"><ellipse cx="400" cy="230" rx="470" ry="46" fill="#7f9fd8" opacity="0.35"/><ellipse cx="360" cy="236" rx="300" ry="18" fill="#c9dcff" opacity="0.35"/></g>',
  stars,
  '<circle cx="610" cy="130" r="150" fill="url(#halo)"/><circle cx="610" cy="130" r="44" fill="#f2f6ff"/><g fill="#cdd8ea"><circle cx="596" cy="118" r="10"/><circle cx="624" cy="140" r="13"/><circle cx="604" cy="150" r="6"/><circle cx="628" cy="112" r="5"/></g>',
  peaks(500, 130, 2, '#142f4f'),
  peaks(560, 110, 4, '#0b1f38'),
  peaks(600, 70, 6, '#050f1e'),
)
