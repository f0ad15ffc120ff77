// A database as a thief has it: every text of every table, each tried wherever a credential is taken.
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import type { House } from '../../src/call/house.ts'
import { transact } from '../../src/call/transact.ts'
import { tries } from '../../src/features/accounts/index.ts'
import { authenticator, codeAt, enrolled, optionsOf, pending, withPasskey } from './factors.ts'
import { as, ask, codeFor, joined, type Pair, password, type Reach, signIn } from './people.ts'
import { roleToken } from './reach.ts'

/** What a client holds, by what it opens; all of it is good when the database is stolen. */
export interface Held {
  readonly [name: string]: string
}

/** Uses every flow, and leaves something open in each. */
export async function useEveryFlow(run: Reach): Promise<Held> {
  const boss = roleToken('admin')
  const { secret, recoveryCodes } = await enrolled(run, 'ann@example.com')
  const known = await ask(run, 'mfa/login', {
    ...(await pending(run, 'ann@example.com')),
    totp: codeAt(run, secret),
    remember: true,
  })
  const { deviceToken, ...ann } = known.body as Pair & { deviceToken: string }
  const { mfaToken } = await pending(run, 'ann@example.com')
  await as(run, ann.accessToken, 'POST', 'auth/mfa/totp/enrol', {})

  const first = await joined(run, 'bob@example.com', { name: 'Bob' })
  await withPasskey(run, first.accessToken, authenticator())
  await optionsOf(run, 'passkeys/login/options', {})
  const bob = (await ask(run, 'refresh', { refreshToken: first.refreshToken })).body as Pair
  await as(run, bob.accessToken, 'POST', 'auth/organizations', { name: 'The geese of the north' })
  await ask(run, 'password/forgot', { email: 'bob@example.com' })
  const reset = await codeFor(run, 'bob@example.com')

  const made = await as(run, bob.accessToken, 'POST', 'auth/keys', { name: 'Key', scopes: ['read'] })

  const carl = await joined(run, 'carl@example.com')
  await as(run, carl.accessToken, 'POST', 'auth/email/change', { email: 'carl@new.example' })
  const [from, to] = [await codeFor(run, 'carl@example.com'), await codeFor(run, 'carl@new.example')]

  await ask(run, 'register', { email: 'dora@example.com', password, profile: { name: 'Dora' } })
  const verify = await codeFor(run, 'dora@example.com')
  await as(run, boss, 'POST', 'auth/invitations', { email: 'emil@example.com', roles: ['staff'] })
  const invite = await codeFor(run, 'emil@example.com')
  await ask(run, 'login', { email: 'carl@example.com', password: 'a wrong and long one' })
  return {
    access: (await signIn(run, 'carl@example.com')).accessToken,
    refresh: bob.refreshToken,
    device: deviceToken,
    key: (made.body as { key: string }).key,
    pending: mfaToken,
    recovery: recoveryCodes[0] ?? '',
    reset,
    from,
    to,
    verify,
    invite,
  }
}

/** Every text of sixteen characters and more in any cell of any table, and the words within it. */
export async function textsOf({ engine }: House): Promise<readonly string[]> {
  const { tables } = await engine.introspect()
  const texts = new Set<string>()
  for (const { name, columns } of tables) {
    for (const column of columns) {
      const text = `select distinct coalesce(cast("${column.name}" as text), '') from "${name}"`
      for (const [cell] of await engine.query({ text, reads: ['text'] }, [])) {
        const whole = String(cell)
        for (const one of [whole, ...(whole.match(/[\w.+/=$-]{16,}/g) ?? [])]) if (one.length >= 16) texts.add(one)
      }
    }
  }
  return [...texts]
}

/** Where a credential is taken: how it is offered, and whether it was. */
interface Place {
  readonly name: string
  readonly isTaken: (run: Reach, text: string) => Promise<boolean>
}

const another = 'an entirely different phrase'
const isGood = async (asked: Promise<{ status: number }>): Promise<boolean> => (await asked).status < 300

const places: readonly Place[] = [
  // An access token, or an API key: one that is known may be refused here by its scopes.
  { name: 'bearer', isTaken: async (run, text) => (await bearer(run, text)).status !== 401 },
  { name: 'refresh', isTaken: (run, refreshToken) => isGood(ask(run, 'refresh', { refreshToken })) },
  { name: 'verify', isTaken: (run, token) => isGood(ask(run, 'verify', { token })) },
  { name: 'reset', isTaken: (run, token) => isGood(ask(run, 'password/reset', { token, password: another })) },
  { name: 'move', isTaken: (run, token) => isGood(ask(run, 'email/confirm', { token })) },
  { name: 'stop', isTaken: (run, token) => isGood(ask(run, 'email/stop', { token })) },
  { name: 'invite', isTaken: (run, token) => isGood(ask(run, 'invitations/accept', { token, password: another })) },
  // A sign-in that waits is known by any other answer than the one for those that are none.
  {
    name: 'pending',
    isTaken: async (run, mfaToken) => (await ask(run, 'mfa/options', { mfaToken })).status !== 401,
  },
]

/** The header as a thief would write it; what no header can hold is not offered. */
const bearer = (run: Reach, text: string): Promise<{ status: number }> =>
  /^[\x21-\x7e]+$/.test(text) ? as(run, text, 'GET', 'auth/me') : Promise.resolve({ status: 401 })

/** Offers each text everywhere; answers which was taken where. */
export async function taken(run: Reach, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const text of texts) {
    const given = text.slice(0, 200) // no field takes more, and no credential is longer but an access token
    const answers = await Promise.all(places.map(({ name, isTaken }) => isTaken(run, name === 'bearer' ? text : given)))
    for (const [at, isIn] of answers.entries()) if (isIn) found.push(`${places[at]?.name}: ${text.slice(0, 20)}`)
  }
  return found
}

/** The fault: a token lies somewhere in clear. */
export async function leak(house: House, text: string): Promise<void> {
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  await transact(house, deed, { isolation: 'locked' }, async (tx) => {
    await tx.create(tries, { key: text, count: 0, startedAt: tx.now, lastAt: tx.now })
  })
}
