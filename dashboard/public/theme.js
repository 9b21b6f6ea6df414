// Sets the theme that was chosen by hand before anything is painted; without one the system's choice holds.
try {
  const theme = localStorage.getItem('jejak.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is blocked: the system's choice holds.
}
