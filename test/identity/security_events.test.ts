// Whatever happens to an account that its owner should know: each is in the audit, and each is in a letter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import type { House } from '../../src/call/house.ts'
import { transact } from '../../src/call/transact.ts'
import { entries } from '../../src/features/audit/nouns.ts'
import { type SecurityEvent, securityEvents } from '../../src/features/auth/letters.ts'
import { enrolled, minute, pending, step } from './factors.ts'
import { as, ask, codeFor, joined, lettersTo, type Pair, password, type Reach } from './people.ts'
import { onBothOpened, roleToken } from './reach.ts'

const ann = 'ann@example.com'

interface Happening {
  /** The operation that the audit names. */
  readonly operation: string
  /** What the audit says came of it; `done` where nothing is said. */
  readonly outcome?: string
  readonly make: (run: Reach) => Promise<unknown>
}

const boss = async (run: Reach, what: string, body: object = {}): Promise<void> => {
  const found = await as(run, roleToken('admin'), 'GET', `auth/accounts?email=${ann}`)
  const [{ id } = { id: '' }] = (found.body as { data: { id: string }[] }).data
  const done = await as(run, roleToken('admin'), 'POST', `auth/accounts/${id}/${what}`, body)
  assert.equal(done.status, 200, done.text)
}

const ending = async (run: Reach): Promise<{ from: string; to: string }> => {
  const { accessToken } = await joined(run, ann)
  await as(run, accessToken, 'POST', 'auth/email/change', { email: 'ann@new.example' })
  return { from: await codeFor(run, ann), to: await codeFor(run, 'ann@new.example') }
}

/** How each of them comes about. */
const happenings: { readonly [E in SecurityEvent]?: Happening } = {
  passwordChanged: {
    operation: 'auth.password.reset',
    async make(run) {
      await joined(run, ann)
      await ask(run, 'password/forgot', { email: ann })
      return ask(run, 'password/reset', { token: await codeFor(run, ann), password: 'an entirely different phrase' })
    },
  },
  addressChanged: {
    operation: 'auth.email.confirm',
    async make(run) {
      const { from, to } = await ending(run)
      for (const token of [from, to]) await ask(run, 'email/confirm', { token })
    },
  },
  moveStopped: {
    operation: 'auth.email.stop',
    make: async (run) => ask(run, 'email/stop', { token: (await ending(run)).from }),
  },
  newDevice: {
    operation: 'auth.login',
    async make(run) {
      await joined(run, ann)
      return ask(run, 'login', { email: ann, password }, { 'user-agent': 'Another/1.0' })
    },
  },
  factorAdded: { operation: 'auth.mfa.totp.confirm', make: (run) => enrolled(run, ann) },
  factorRemoved: {
    operation: 'auth.mfa.totp.remove',
    make: async (run) => as(run, (await enrolled(run, ann)).accessToken, 'POST', 'auth/mfa/totp/remove', {}),
  },
  factorTried: {
    operation: 'auth.mfa.login',
    outcome: 'unauthenticated',
    async make(run) {
      await enrolled(run, ann)
      const waiting = await pending(run, ann)
      for (let n = 0; n < 5; n++) await ask(run, 'mfa/login', { ...waiting, totp: '000000' })
    },
  },
  recoveryUsed: {
    operation: 'auth.mfa.login',
    async make(run) {
      const { recoveryCodes } = await enrolled(run, ann)
      return ask(run, 'mfa/login', { ...(await pending(run, ann)), recovery: recoveryCodes[0] })
    },
  },
  recoveryMade: {
    operation: 'auth.mfa.recovery',
    make: async (run) => as(run, (await enrolled(run, ann)).accessToken, 'POST', 'auth/mfa/recovery', {}),
  },
  keyMade: {
    operation: 'auth.keys.create',
    async make(run) {
      const { accessToken } = await joined(run, ann)
      return as(run, accessToken, 'POST', 'auth/keys', { name: 'Key', scopes: ['read'] })
    },
  },
  tokenReused: {
    operation: 'auth.refresh',
    outcome: 'unauthenticated',
    async make(run) {
      const { refreshToken } = await joined(run, ann)
      const next = (await ask(run, 'refresh', { refreshToken })).body as Pair
      await ask(run, 'refresh', { refreshToken: next.refreshToken })
      return ask(run, 'refresh', { refreshToken })
    },
  },
  manyTries: {
    operation: 'auth.mfa.login',
    outcome: 'unauthenticated',
    async make(run) {
      await enrolled(run, ann)
      for (let n = 0; n < 100; n += 10) {
        const waiting = await pending(run, ann)
        for (let at = 0; at < 10; at++) {
          await ask(run, 'mfa/login', { ...waiting, totp: '000000' })
          run.clock.advance(step)
        }
        run.clock.advance(15 * minute)
      }
    },
  },
  rolesChanged: {
    operation: 'auth.accounts.roles',
    async make(run) {
      await joined(run, ann)
      return boss(run, 'roles', { roles: ['staff'] })
    },
  },
  unlocked: {
    operation: 'auth.accounts.unlock',
    async make(run) {
      await joined(run, ann)
      return boss(run, 'unlock')
    },
  },
  deactivated: {
    operation: 'auth.accounts.deactivate',
    async make(run) {
      await joined(run, ann)
      return boss(run, 'deactivate')
    },
  },
  reactivated: {
    operation: 'auth.accounts.reactivate',
    async make(run) {
      await joined(run, ann)
      await boss(run, 'deactivate')
      return boss(run, 'reactivate')
    },
  },
}

/** Those that need another service or another application: their own tests make them. */
const elsewhere: readonly SecurityEvent[] = ['providerLinked', 'providerRemoved', 'squatterRemoved', 'appAllowed']

test('every event that an owner should hear of is made here, or where its feature is tested', () => {
  assert.deepEqual([...Object.keys(happenings), ...elsewhere].toSorted(), Object.keys(securityEvents).toSorted())
})

onBothOpened('the control: what did not happen is in no letter and not in the audit', async ({ run, house }) => {
  await joined(run, ann)

  const told = (await lettersTo(run, ann)).map(({ text }) => text).join('')
  assert.deepEqual(
    Object.values(securityEvents).filter((text) => told.includes(text)),
    [],
  )
  for (const { operation } of Object.values(happenings))
    if (operation !== 'auth.login') assert.deepEqual(await recordedIn(house, operation), [])
})

for (const [event, { operation, outcome = 'done', make }] of Object.entries(happenings))
  onBothOpened(`${event}: is in the audit as ${operation}, and in a letter`, async ({ run, house }) => {
    await make(run)

    const letters = await lettersTo(run, ann)
    const text = securityEvents[event as SecurityEvent] // a key of the table, which its type says
    assert.ok(
      letters.some((letter) => letter.text.includes(text)),
      letters.map((letter) => letter.text).join('\n'),
    )
    const recorded = await recordedIn(house, operation)
    assert.ok(recorded.includes(outcome), `${operation}: ${recorded.join(', ')}`)
  })

/** What came of an operation, each time, as the audit has it. */
async function recordedIn(house: House, operation: string): Promise<readonly string[]> {
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  const found = await transact(house, deed, {}, (tx) => tx.find(entries, {}, { limit: 1_000 }))
  return found.filter((entry) => entry.operation === operation).map((entry) => entry.outcome)
}
