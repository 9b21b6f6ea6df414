/** The page script as served: `<script defer src="https://go.example/t.js"></script>`, set by its `data-` attributes. */
import { start } from './core.ts'
import { quietly } from './quietly.ts'

quietly(() => {
  const { src, dataset } = document.currentScript as HTMLScriptElement
  // Where the second half is blocked the first goes on; `quietly` only takes the error.
  start({ endpoint: new URL('e', src), ...dataset }, () =>
    import(new URL('?actions', src) as never).catch(quietly),
  )
})()
