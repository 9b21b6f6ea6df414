import { solveDense } from './dense.ts'
import type { Flow, FlowQuestion, Grouping } from './flow.ts'

/**
 * Makes the aggregation step of Takahashi (1975) and of Koury, McAllister and Stewart (1984, doi 10.1137/0605019): every
 * group of states is scaled by one factor, such that what enters and leaves each group balances, by the first measure of
 * worth. Where each state is a group of its own, that solves the flow. What is then on the way is worked out anew; it
 * may be negative, which sweeps carry on like the rest. Nothing changes where the numbers do not allow such factors.
 */
export function createCorrection(question: FlowQuestion): (flow: Flow, grouping: Grouping) => void {
  const { matrix, source, trap } = question
  const worth = question.worths[0] ?? new Float64Array(matrix.size).fill(1)

  /** Calls with every move out of a state that flow passes. */
  function eachMove(flow: Float64Array, visit: (from: number, to: number, amount: number) => void): void {
    for (let state = 0; state < matrix.size; state++) {
      const amount = flow[state] ?? 0
      if (amount === 0 || trap?.[state] === 1) continue
      const end = matrix.offsets[state + 1] ?? 0
      for (let at = matrix.offsets[state] ?? 0; at < end; at++)
        visit(state, matrix.columns[at] ?? 0, amount * (matrix.entries[at] ?? 0))
    }
  }

  return (flow, { groups, of }) => {
    const balance = new Float64Array(groups * groups)
    const wanted = new Float64Array(groups)
    const add = (to: number, from: number, amount: number) => {
      const at = (of[to] ?? 0) * groups + (of[from] ?? 0)
      balance[at] = (balance[at] ?? 0) + amount * (worth[to] ?? 0)
    }
    for (let state = 0; state < matrix.size; state++) {
      if (trap?.[state] === 1) continue
      add(state, state, flow.passed[state] ?? 0)
      const group = of[state] ?? 0
      wanted[group] = (wanted[group] ?? 0) + (source[state] ?? 0) * (worth[state] ?? 0)
    }
    eachMove(flow.passed, (from, to, amount) => {
      if (trap?.[to] !== 1) add(to, from, -amount)
    })
    const factors = solveDense(balance, wanted)
    if (!factors) return
    const passed = flow.passed.map((amount, state) => amount * (factors[of[state] ?? 0] ?? 1))
    const held = source.slice()
    for (let state = 0; state < matrix.size; state++)
      if (trap?.[state] !== 1) held[state] = (held[state] ?? 0) - (passed[state] ?? 0)
    eachMove(passed, (_, to, amount) => {
      held[to] = (held[to] ?? 0) + amount
    })
    flow.passed.set(passed)
    flow.held.set(held)
  }
}
