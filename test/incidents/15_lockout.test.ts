// Other users cleared a lockout elsewhere (CVE-2026-11779): here an administrator does, and nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { role } from 'plinth'
import type { Answered } from 'plinth/testing'
import { as, ask, type Club, joined, openClub, password } from '../identity/people.ts'

type Send = (token: string, path: string) => Promise<Answered>

/** Who may clear the lockout of somebody: by name, what they are answered. */
async function unlocking(run: Club, send: Send): Promise<Record<string, number>> {
  const ann = await joined(run, 'ann@example.com')
  const bob = await joined(run, 'bob@example.com')
  const { id } = (await as(run, ann.accessToken, 'GET', 'auth/me')).body as { id: string } // of somebody signed in
  for (let tries = 0; tries < 12; tries++)
    await ask(run, 'login', { email: 'ann@example.com', password: `wrong ${tries}` })
  const path = `auth/accounts/${id}/unlock`
  const tokens = {
    nobody: '',
    owner: ann.accessToken,
    stranger: bob.accessToken,
    staff: run.as('staff').token,
    admin: run.as(role('admin')).token,
  }
  const answers: Record<string, number> = {}
  for (const [name, token] of Object.entries(tokens)) {
    answers[name] = (await send(token, path)).status
    if (name !== 'admin') answers[`locked after ${name}`] = (await signInAsOwner(run)).status
  }
  answers['open after admin'] = (await signInAsOwner(run)).status
  return answers
}

const signInAsOwner = (run: Club) => ask(run, 'login', { email: 'ann@example.com', password })

const sendTo =
  (run: Club): Send =>
  (token, path) =>
    token === '' ? run.anonymous.request('POST', `/api/v1/${path}`) : as(run, token, 'POST', path)

const wanted = {
  nobody: 401,
  'locked after nobody': 429,
  owner: 403,
  'locked after owner': 429,
  stranger: 403,
  'locked after stranger': 429,
  staff: 403,
  'locked after staff': 429,
  admin: 200,
  'open after admin': 200,
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`a lockout is cleared by administrators alone, on ${engine}`, async () => {
    await using run = await openClub({ engine })

    assert.deepEqual(await unlocking(run, sendTo(run)), wanted)
  })
}
