import { background, scene, times } from '../drawing.ts'

const pod = (y: number, turn: number, length: number, thick: number, flip = 1) => `
<g transform="translate(400 ${y}) rotate(${turn}) scale(${flip} 1)">
  <path d="M${-length} ${-thick * 0.7} C${-length * 0.3} ${-thick * 1.5} ${length * 0.5} ${-thick * 1.2} ${length} ${thick * 0.6} C${length * 0.5} ${thick * 0.9} ${-length * 0.4} ${thick * 1.3} ${-length} ${thick * 0.8}Z" transform="translate(6 20)" fill="#300000" opacity="0.55" filter="url(#blur8)"/>
  <path d="M${-length} ${-thick * 0.7} C${-length * 0.3} ${-thick * 1.5} ${length * 0.5} ${-thick * 1.2} ${length} ${thick * 0.6} C${length * 0.5} ${thick * 0.9} ${-length * 0.4} ${thick * 1.3} ${-length} ${thick * 0.8}Z" fill="url(#pod)"/>
  <path d="M${-length * 0.9} ${-thick * 0.45} C${-length * 0.3} ${-thick * 1.05} ${length * 0.3} ${-thick * 0.95} ${length * 0.72} ${-thick * 0.1}" stroke="#ffd9cf" stroke-width="${thick * 0.2}" fill="none" stroke-linecap="round" opacity="0.75" filter="url(#blur4)"/>
  <path d="M${-length * 0.8} ${thick * 0.75} C${-length * 0.2} ${thick * 1} ${length * 0.4} ${thick * 0.75} ${length * 0.8} ${thick * 0.55}" stroke="#ff5a3c" stroke-width="${thick * 0.12}" fill="none" opacity="0.55" filter="url(#blur4)"/>
</g>`

export const chilli = scene(
  `<linearGradient id="pod" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#f0341f"/><stop offset="0.35" stop-color="#d3150f"/><stop offset="0.75" stop-color="#a80a0a"/><stop offset="1" stop-color="#700606"/></linearGradient>` +
    `<linearGradient id="stem" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8cc152"/><stop offset="1" stop-color="#3a6f23"/></linearGradient>`,
  background('#8a0808'),
  times(9, (k) => pod(-10 + k * 74, -14 + ((k * 37) % 29), 620, 52, k % 2 === 0 ? 1 : -1)).join(''),
  pod(330, -24, 460, 66),
  '<g transform="translate(400 330) rotate(-24)"><path d="M-470 -58 C-440 -70 -410 -66 -392 -52 C-400 -20 -400 20 -392 56 C-420 66 -450 62 -470 52Z" fill="url(#stem)"/></g>',
  pod(450, 18, 420, 60, -1),
)
