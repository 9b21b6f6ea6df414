import { defineConfig } from 'vitest/config'

/** Tests that run the built product. */
const PRODUCT = ['test/{faults,browser}/**/*.test.ts']

/**
 * Unit tests stand beside the code; `test/` holds what needs real engines, real processes or a real browser.
 * Forks, not threads: the embedded engine may be opened once per process and from its main thread only.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the two cores the tests are meant for: half of their time is waiting.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['{server,dashboard,tracker,test,bench,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'dist/**', ...PRODUCT],
        },
      },
      {
        extends: true,
        test: {
          name: 'product',
          include: PRODUCT,
          globalSetup: 'test/global-setup.ts',
          // After the others: processes that are killed under load want the machine for themselves.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
