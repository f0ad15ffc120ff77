// A key, as tests of identity need it.
import assert from 'node:assert/strict'
import { as, type Club } from './people.ts'

export interface Made {
  readonly id: string
  readonly key: string
  readonly hint: string
  readonly scopes: readonly string[]
  readonly endsAt: string | null
}

/** Makes a key, of scopes with spaces between, with the access token of somebody who proved just now who they are. */
export async function keyOf(run: Club, token: string, scopes: string, more: object = {}): Promise<Made> {
  const answer = await as(run, token, 'POST', 'auth/keys', { name: 'a program', scopes: scopes.split(' '), ...more })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  const made = answer.body as Made // the contract says so
  assert.equal(answer.headers.get('location'), `/api/v1/auth/keys/${made.id}`)
  return made
}

/** The status of a request by a key or token. */
export const statusOf = async (run: Club, token: string, method: string, path: string, body?: unknown) =>
  (await as(run, token, method, path, body)).status
