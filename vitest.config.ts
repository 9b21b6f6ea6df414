import { defineConfig } from 'vitest/config'

/**
 * Unit tests stand beside the code; `test/` holds what needs real engines, real processes or a real browser.
 * Forks, not threads: the embedded engine may be opened once per process and from its main thread only.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    include: ['{server,dashboard,tracker,test,bench,scripts}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'dist/**'],
  },
})
