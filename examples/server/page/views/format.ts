import type { Range } from '../period.ts'

const whole = new Intl.NumberFormat()
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 3 })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const minutes = clock({})
const seconds = clock({ second: '2-digit' })
const milliseconds = clock({ second: '2-digit', fractionalSecondDigits: 3 })

export function formatCount(count: number): string {
  return whole.format(count)
}

export function formatShare(part: number, total: number): string {
  return total === 0 ? '–' : percent.format(part / total)
}

export function formatRed(red: number): string {
  return red.toFixed(2)
}

/** A place on a time axis whose places are `incrementMs` apart. */
export function formatTick(time: number, incrementMs: number): string {
  if (incrementMs >= 300 * 86_400_000) return String(new Date(time).getFullYear())
  const isMidnight = new Date(time).getHours() + new Date(time).getMinutes() === 0
  if (incrementMs >= 86_400_000 || (isMidnight && incrementMs >= 60_000)) return day.format(time)
  return clockFor(incrementMs).format(time)
}

export function formatTime(time: number): string {
  return isToday(time) ? seconds.format(time) : `${day.format(time)} ${minutes.format(time)}`
}

/** From when to when, no more exactly than the length asks for; the date only where it is not today's. */
export function formatRange({ from, to }: Range): string {
  if (to - from > 400 * 86_400_000) return `${date.format(from)} – ${date.format(to)}`
  const isWhole = (unitMs: number): boolean => from % unitMs === 0 && to % unitMs === 0
  const format = clockFor(Math.max((to - from) / 100, isWhole(60_000) ? 60_000 : isWhole(1000) ? 1000 : 1))
  const [start, end] = [from, to].map((time) => (isToday(time) ? '' : `${day.format(time)} `) + format.format(time))
  return `${start} – ${end}`
}

function clockFor(precisionMs: number): Intl.DateTimeFormat {
  if (precisionMs >= 60_000) return minutes
  return precisionMs >= 1000 ? seconds : milliseconds
}

function clock(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...options })
}

function isToday(time: number): boolean {
  return new Date(time).toDateString() === new Date().toDateString()
}
