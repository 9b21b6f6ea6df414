import { describe, expect, it } from 'vitest'
import { ApiProblem, problemFrom } from './problem.ts'

describe('a refused request', () => {
  it('keeps what the API says of each field, and what it would allow', async () => {
    const problem = await problemFrom(
      Response.json(
        {
          title: 'Bad Request',
          detail: 'Two fields are wrong.',
          errors: [
            { field: 'tags[1]', message: 'A tag is empty.' },
            { field: 'status', message: 'No such status.', allowed: [301, 302] },
          ],
        },
        { status: 400 },
      ),
    )
    expect(problem.message).toBe('Two fields are wrong.')
    expect(problem.about('tags')).toBe('A tag is empty.')
    expect(problem.about('status')).toBe('No such status. Allowed: 301, 302.')
    expect(problem.about('slug')).toBeUndefined()
  })

  it('is a problem even where the answer is not one', async () => {
    const problem = await problemFrom(new Response('<h1>Bad gateway</h1>', { status: 502 }))
    expect(problem).toBeInstanceOf(ApiProblem)
    expect([problem.status, problem.isRefusal, problem.wantsToken]).toEqual([502, false, false])
    expect(problem.message).toContain('502')
  })
})
