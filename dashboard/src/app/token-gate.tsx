import { useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { ApiProblem } from '../shared/api/problem.ts'
import { apiToken, enterToken } from '../shared/api/token.ts'
import { Button } from '../shared/ui/button.tsx'
import { TextField } from '../shared/ui/field.tsx'

/** Asks for the token that the API wants, in the API's own words. */
export function TokenGate({ refusal }: { refusal: ApiProblem }) {
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const [tried] = useState(apiToken() !== null)
  return (
    <form
      className="mx-auto mt-10 max-w-md rounded-lg border border-line bg-surface p-6 shadow-card"
      onSubmit={(event) => {
        event.preventDefault()
        enterToken(token.trim())
        void client.resetQueries()
      }}
    >
      <KeyRound className="size-5 text-accent" aria-hidden />
      <h1 className="mt-3 text-lg font-semibold">This dashboard asks for a token</h1>
      <p className="mt-1 mb-5 text-sm text-ink-2 wrap-anywhere">{refusal.message}</p>
      <TextField
        label="API token"
        type="password"
        autoComplete="off"
        autoFocus
        value={token}
        onChange={(event) => setToken(event.target.value)}
        error={tried ? 'The token that was entered is not accepted.' : undefined}
        hint="The value of JEJAK_API_TOKEN. It is kept in this tab only, until you close it."
      />
      <Button type="submit" look="primary" className="mt-4" disabled={token.trim() === ''}>
        Continue
      </Button>
    </form>
  )
}
