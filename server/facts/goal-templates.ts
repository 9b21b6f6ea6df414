import type { GoalDraft } from '../domain/goals/goal.ts'
import facts from './goal-templates.json' with { type: 'json' }

/** A goal to begin with. */
export interface GoalTemplate extends Pick<GoalDraft, 'name' | 'match' | 'value' | 'count'> {
  id: string
  /** What the site has to do for it. */
  description: string
}

export const GOAL_TEMPLATES = facts.templates as GoalTemplate[]
