import { expect, test } from 'vitest'
import { GoalWriter } from './goal-sql.ts'
import { Parameters } from './parameters.ts'
import { type Step, stepCondition } from './steps.ts'

function written(step: Step) {
  const parameters = new Parameters()
  const sql = stepCondition(step, { parameters, goals: new GoalWriter(parameters) })
  return { sql, values: Object.values(parameters.values) }
}

test('a step is a person’s click, page or goal, with every value bound', () => {
  expect(written({ kind: 'click' }).sql).toBe(
    "(traffic = 'person' AND kind = 'click' AND outcome = 'redirected')",
  )
  const links = written({ kind: 'click', links: ["go.example/it's"] })
  expect(links.sql).toContain('link IN {p0:Array(String)}')
  expect(links.values).toEqual([["go.example/it's"]])
  const page = written({ kind: 'page', page: "/it's/**" })
  expect(page.sql).toContain("kind = 'pageview' AND match(landing_page, {p0:String})")
  const goal = written({ kind: 'goal', goal: { name: 'Booked', match: { type: 'event', name: "it's" } } })
  expect(goal.sql).toContain("event_type = 'custom' AND event_name = {p0:String}")
  expect(goal.values).toEqual(["it's"])
})
