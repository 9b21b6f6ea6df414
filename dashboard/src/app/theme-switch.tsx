import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../shared/ui/button.tsx'

const KEY = 'jejak.theme'
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const
type Theme = keyof typeof NEXT

const ICONS = { system: Monitor, light: Sun, dark: Moon }
const LABELS: Record<Theme, string> = { system: 'the system’s', light: 'light', dark: 'dark' }

/** What `public/theme.js` set before the first paint. */
function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

/** Goes round: the system's theme, light, dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme)
  const Icon = ICONS[theme]
  function turn() {
    const next = NEXT[theme]
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    try {
      if (next === 'system') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, next)
    } catch {
      // Storage is blocked: the choice holds until the page is left.
    }
    setTheme(next)
  }
  return (
    <IconButton label={`Theme: ${LABELS[theme]}. Change to ${LABELS[NEXT[theme]]}`} onClick={turn}>
      <Icon className="size-4.5" aria-hidden />
    </IconButton>
  )
}
