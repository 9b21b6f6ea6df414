/** The second half of the page script, loaded by the first: what visitors click and send. */
import { watchActions } from './actions.ts'

watchActions()
