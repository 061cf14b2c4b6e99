import type { State } from '../state.ts'
import { element } from './elements.ts'

const storageKey = 'theme'

/** Dark or light as the system is, until the button chooses otherwise. */
export function showTheme(state: State): void {
  const button = element<HTMLButtonElement>('theme')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = (): void => state.change({ dark: (localStorage.getItem(storageKey) ?? systemTheme()) === 'dark' })
  const systemTheme = (): string => (system.matches ? 'dark' : 'light')

  apply()
  system.addEventListener('change', apply)
  button.addEventListener('click', () => {
    const next = state.now.dark ? 'light' : 'dark'
    if (next === systemTheme()) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, next)
    apply()
  })
  state.watch(['dark'], ({ dark }) => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
    button.textContent = dark ? '☀' : '☾'
    button.ariaLabel = dark ? 'Light' : 'Dark'
    button.title = button.ariaLabel
  })
}
