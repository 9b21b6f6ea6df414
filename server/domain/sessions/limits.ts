/** A visitor who is silent for longer begins a new session; as Google Analytics has it. */
export const SESSION_GAP_MS = 30 * 60_000
/** One pageview without an event is no bounce from here on: Google Analytics 4's engaged session. */
export const ENGAGED_SESSION_MS = 10_000
