const radios = document.getElementsByName('period')
const chosen = document.getElementById('chosen')
const from = document.getElementById('from')
const to = document.getElementById('to')

/** The period that is asked about, as `from` and `to` in milliseconds; a missing one is open. */
export function chosenPeriod() {
  const { value } = [...radios].find((radio) => radio.checked)
  if (value === 'all') return {}
  if (value === 'chosen') {
    const start = Date.parse(from.value)
    const end = Date.parse(to.value)
    return { ...(start >= 0 && { from: start }), ...(end >= 0 && { to: end }) }
  }
  return { from: Date.now() - Number(value) }
}

export function onPeriodChange(listener) {
  for (const input of [...radios, from, to]) {
    input.addEventListener('change', () => {
      chosen.hidden = ![...radios].some((radio) => radio.checked && radio.value === 'chosen')
      listener()
    })
  }
}
