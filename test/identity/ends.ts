// Changes of what somebody may do, watched from several processes of one database: how long each is not felt.
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { tokenOf } from '../surface/test_server.ts'
import type { Child } from '../keys/processes.ts'
import { password } from './people.ts'
import { enlist, said } from './processes.ts'

/** What every other process may take to feel it. */
const boundMs = 1_000
/** Watched for so long after the bound. */
const beyondMs = 300

const email = 'ann@example.com'
const boss = tokenOf('admin', '01900000-0000-7000-8000-0000000000ff')
/** What only administrators may see. */
const path = '/api/v1/auth/accounts'

/** An answer that came as if the change had not been made. */
export interface Late {
  readonly change: string
  /** Which of the processes; the change was made at 0. */
  readonly at: number
  readonly status: number | undefined
  readonly afterMs: number
}

interface Change {
  readonly name: string
  readonly token: string
  /** What is asked; the accounts, without it. */
  readonly seen?: string
  /** What is answered once it is felt. */
  readonly wanted: number
  readonly make: () => Promise<unknown>
}

/** Makes every kind of change so many times, while each process is asked with such pauses; answers what came late. */
export async function lateAnswers(
  children: readonly Child[],
  { rounds, betweenMs }: { readonly rounds: number; readonly betweenMs: number },
): Promise<readonly Late[]> {
  const [first] = children
  assert.ok(first)
  const manage = async (id: string, what: string, body: object = {}): Promise<unknown> =>
    said(first, `accounts/${id}/${what}`, body, boss)
  const signIn = async (): Promise<string> => String((await said(first, 'login', { email, password }))['accessToken'])
  for (const one of [email, 'bob@example.com']) await enlist(children, first, one)
  const id = await idOf(first, email)
  await manage(await idOf(first, 'bob@example.com'), 'roles', { roles: ['admin'] }) // or ann could not be demoted
  const late: Late[] = []
  const watch = async (change: Change): Promise<void> => void late.push(...(await felt(children, change, betweenMs)))
  for (let round = 0; round < rounds; round++) {
    const token = await signIn()
    const roles =
      (...given: string[]) =>
      () =>
        manage(id, 'roles', { roles: given })
    await watch({ name: 'a role that is given', token, wanted: 200, make: roles('admin') })
    await watch({ name: 'a role that is taken', token, wanted: 403, make: roles() })
    const { id: key, key: plk } = await said(first, 'keys', { name: 'a program', scopes: ['read', 'write'] }, token)
    const revoke = () => first.ask({ method: 'DELETE', path: `/api/v1/auth/keys/${String(key)}`, as: token })
    const seen = '/api/v1/notes'
    await watch({ name: 'a key that is revoked', token: String(plk), wanted: 401, make: revoke, seen })
    const signOut = () => said(first, 'logout', {}, token)
    await watch({ name: 'a sign-out', token, wanted: 401, make: signOut })
    const next = await signIn()
    await watch({ name: 'an end of the account', token: next, wanted: 401, make: () => manage(id, 'deactivate') })
    await manage(id, 'reactivate')
  }
  return late
}

async function idOf(child: Child, address: string): Promise<string> {
  const reply = await child.ask({ path: `${path}?email=${address}`, as: boss })
  const [found] = (reply?.json['data'] ?? []) as { id: string }[]
  assert.ok(found, `an account of ${address}`)
  return found.id
}

interface Seen {
  readonly at: number
  readonly begunMs: number
  readonly status: number | undefined
}

async function felt(
  children: readonly Child[],
  { name, token, wanted, make, seen: asked = path }: Change,
  betweenMs: number,
): Promise<Late[]> {
  const watched = { isOver: false }
  const seen: Seen[] = []
  const watching = children.map(async (child, at) => {
    while (!watched.isOver) {
      const begunMs = performance.now()
      const reply = await child.ask({ path: asked, as: token })
      seen.push({ at, begunMs, status: reply?.status })
      await pause(betweenMs)
    }
  })
  await pause(100) // so that every process knows the session
  await make()
  const madeMs = performance.now()
  await pause(boundMs + beyondMs)
  watched.isOver = true
  await Promise.all(watching)
  const due = seen.filter(({ at, begunMs }) => begunMs > madeMs + (at === 0 ? 0 : boundMs))
  assert.deepEqual(new Set(due.map(({ at }) => at)), new Set(children.keys()), 'all were asked')
  return due
    .filter(({ status }) => status !== wanted)
    .map(({ at, begunMs, status }) => ({ change: name, at, status, afterMs: Math.round(begunMs - madeMs) }))
}
