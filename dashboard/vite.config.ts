import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { fixtures } from './dev/fixture-plugin.ts'

/** With `JEJAK_FIXTURES=full|empty|…` the dev server answers the API itself; else it asks a service on port 8080. */
const scenario = process.env.JEJAK_FIXTURES

export default defineConfig({
  base: '/app/',
  plugins: [react(), tailwindcss(), ...(scenario === undefined ? [] : [fixtures(scenario)])],
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.JEJAK_API ?? 'http://127.0.0.1:8080', changeOrigin: true } },
  },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    // Nothing inline: a data: font would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2023',
  },
})
