import uPlot from 'uplot'
import type { Answers } from '../api.ts'
import { within } from '../period.ts'
import type { State } from '../state.ts'
import { create, element } from './elements.ts'
import { formatCount, formatRange, formatTick } from './format.ts'

/** A shorter drag is a click. */
const shortestDrag = 5

/** Bars of all images and of those above the threshold, over time. A drag zooms in, a double click out. */
export function showTimeChart(state: State): void {
  const place = element('chart')
  const tooltip = create('p', 'tooltip')
  let shown: Answers | undefined

  const chart = new uPlot(
    {
      ...sizeOf(place),
      ms: 1,
      padding: [12, 8, 0, 0],
      legend: { show: false },
      scales: {
        x: { range: () => (shown === undefined ? [0, 1] : [shown.steps.from, shown.steps.to]) },
        y: { range: (_chart, _least, most) => [0, Math.max(4, most * 1.08)] },
      },
      series: [{}, bars('.swatch.total'), bars('.swatch.above')],
      axes: [
        {
          ...axisLook(place),
          grid: { show: false },
          size: 28,
          space: 70,
          values: (_chart, times, _axis, _space, increment) => times.map((time) => formatTick(time, increment)),
        },
        {
          ...axisLook(place),
          size: (_chart, values) => 16 + 7 * Math.max(1, ...(values ?? []).map((value) => value.length)),
          incrs: [1, 2, 5]
            .flatMap((digit) => Array.from({ length: 10 }, (_, power) => digit * 10 ** power))
            .sort((a, b) => a - b),
          values: (_chart, counts) => counts.map(formatCount),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: shortestDrag },
        bind: { dblclick: () => zoomOut },
      },
      hooks: {
        setSelect: [
          ({ select }) => {
            if (select.width < shortestDrag) return
            zoomTo(select.left, select.left + select.width)
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
        setCursor: [showTooltip],
      },
    },
    [[], [], []],
    place,
  )
  chart.over.append(tooltip)
  tooltip.hidden = true

  function zoomOut(): null {
    state.change({ zoom: undefined })
    return null
  }

  /** To whole steps: what is zoomed to is what was marked. */
  function zoomTo(left: number, right: number): void {
    if (shown === undefined) return
    const { from, to, stepMs } = shown.steps
    const first = Math.floor((chart.posToVal(left, 'x') - from) / stepMs)
    const last = Math.ceil((chart.posToVal(right, 'x') - from) / stepMs)
    state.change({ zoom: within({ from: from + first * stepMs, to: Math.min(to, from + last * stepMs) }) })
  }

  function showTooltip({ cursor, over }: uPlot): void {
    const left = cursor.left ?? -1
    const steps = shown?.steps
    const at = steps === undefined ? -1 : Math.floor((chart.posToVal(left, 'x') - steps.from) / steps.stepMs)
    const point = left < 0 ? undefined : shown?.series[at]
    tooltip.hidden = point === undefined
    if (point === undefined || steps === undefined) return
    tooltip.replaceChildren(
      create('span', '', formatRange({ from: point.from, to: Math.min(steps.to, point.from + steps.stepMs) })),
      create('b', '', `${formatCount(point.total)} images`),
      create('b', 'red', `${formatCount(point.above)} redder`),
    )
    const x = Math.min(left + 12, over.clientWidth - tooltip.offsetWidth)
    tooltip.style.transform = `translate(${x}px, ${Math.max(0, (cursor.top ?? 0) - tooltip.offsetHeight - 12)}px)`
  }

  new ResizeObserver(() => chart.setSize(sizeOf(place))).observe(place)
  state.watch(['dark'], () => chart.redraw())
  state.watch(['answers'], ({ answers }) => {
    if (answers === undefined) return
    shown = answers
    const { series, total, above } = answers
    chart.setData([series.map(({ from }) => from), series.map((step) => step.total), series.map((step) => step.above)])
    place.classList.toggle('empty', total === 0)
    place.ariaLabel = `${formatCount(total)} images over time, ${formatCount(above)} of them redder than ${answers.threshold}`
  })
}

function sizeOf({ clientWidth: width, clientHeight: height }: HTMLElement): { width: number; height: number } {
  return { width, height }
}

/** Bars in the colour that the legend has for them. */
function bars(swatch: string): uPlot.Series {
  const colour = (): string => getComputedStyle(document.querySelector(swatch)!).backgroundColor
  return {
    width: 0,
    fill: colour,
    points: { show: false },
    ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ align: 1, size: [0.82, 40], radius: [0.2, 0] }) }),
  }
}

/** The colours of text and lines around. */
function axisLook(place: HTMLElement): uPlot.Axis {
  const line = (): string => getComputedStyle(place).borderTopColor
  return {
    stroke: () => getComputedStyle(place).color,
    font: `12px ${getComputedStyle(place).fontFamily}`,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
  }
}
