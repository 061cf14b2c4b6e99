export function percent(share: number): string {
  const value = share * 100
  return `${value >= 9.95 || value === 0 ? Math.round(value) : value.toFixed(1)} %`
}

export function group(count: number): string {
  return Math.round(count).toLocaleString('en-GB')
}

/** Two to three significant digits with the unit that fits. */
export function duration(ms: number): string {
  const [value, unit] =
    ms >= 100_000
      ? [ms / 60_000, 'min']
      : ms >= 1_000
        ? [ms / 1_000, 's']
        : ms >= 1 || ms === 0
          ? [ms, 'ms']
          : [ms * 1_000, 'µs']
  return `${value >= 100 || value === 0 ? Math.round(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`
}

/** A round time, as one says it: 1 min, 24 h. */
export function span(ms: number): string {
  const [value, unit] =
    ms >= 3_600_000
      ? [ms / 3_600_000, 'h']
      : ms >= 60_000
        ? [ms / 60_000, 'min']
        : ms >= 1_000
          ? [ms / 1_000, 's']
          : [ms, 'ms']
  return `${Math.round(value * 10) / 10} ${unit}`
}
