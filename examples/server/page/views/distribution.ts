import type { State } from '../state.ts'
import { element } from './elements.ts'
import { formatCount, formatRed } from './format.ts'

const bars = 50

/** How many images are how red, with the threshold as a line that can be dragged; its keys are those of the slider. */
export function showDistribution(state: State): void {
  const slider = element<HTMLInputElement>('threshold')
  const plot = element<SVGElement>('bars')
  const tooltip = element('bin')
  const place = plot.parentElement!
  let counts: readonly number[] = []

  slider.addEventListener('input', () => state.change({ threshold: Number(slider.value) }))
  place.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    event.preventDefault()
    slider.focus()
    place.setPointerCapture(event.pointerId)
    setThreshold(event)
  })
  place.addEventListener('pointermove', (event) => {
    if (place.hasPointerCapture(event.pointerId)) setThreshold(event)
    showBin(event)
  })
  place.addEventListener('pointerleave', () => {
    tooltip.hidden = true
  })

  function setThreshold(event: PointerEvent): void {
    state.change({ threshold: Math.round(100 * redAt(event)) / 100 })
  }

  function redAt({ clientX }: PointerEvent): number {
    const { left, width } = plot.getBoundingClientRect()
    return Math.max(0, Math.min(1, (clientX - left) / width))
  }

  function showBin(event: PointerEvent): void {
    const bin = Math.min(bars - 1, Math.floor(redAt(event) * bars))
    tooltip.hidden = place.hasPointerCapture(event.pointerId) || counts.length === 0
    tooltip.textContent = `${formatRed(bin / bars)} – ${formatRed((bin + 1) / bars)}: ${formatCount(counts[bin] ?? 0)}`
    tooltip.style.left = `${(100 * (bin + 0.5)) / bars}%`
  }

  state.watch(['answers'], ({ answers }) => {
    if (answers === undefined) return
    counts = inBars(answers.distribution)
    const shape = shapeOf(counts)
    for (const path of plot.querySelectorAll(':scope > path')) path.setAttribute('d', shape)
  })
  state.watch(['threshold'], ({ threshold }) => {
    slider.value = String(threshold)
    place.style.setProperty('--at', String(threshold))
    element('line').firstElementChild!.textContent = formatRed(threshold)
    plot.querySelector('#beyond rect')?.setAttribute('x', String(100 * threshold))
  })
}

function inBars(distribution: readonly number[]): number[] {
  const width = distribution.length / bars
  return Array.from({ length: bars }, (_, bar) =>
    distribution.slice(bar * width, (bar + 1) * width).reduce((sum, count) => sum + count, 0),
  )
}

/** Heights go with the square root: most pictures have next to no red, and would make all others invisible. */
function shapeOf(counts: readonly number[]): string {
  const most = Math.max(1, ...counts)
  const width = 100 / counts.length
  return counts
    .map((count, bar) => {
      const top = 100 - 100 * Math.sqrt(count / most)
      return count === 0 ? '' : `M${bar * width + 0.15} 100V${top}h${width - 0.3}V100z`
    })
    .join('')
}
