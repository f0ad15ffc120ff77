// One proof at three processes of one database: of fifty uses of it at once, one succeeds (A8).
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { TOTP } from 'otpauth'
import type { Child } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { password } from './people.ts'
import { enlist, mailed, said, startServer } from './processes.ts'

const twins = 50
/** Rounds of one test, and how often each is run; what is hashed at each use costs 75 ms, fifty times. */
const kinds = {
  totp: { rounds: 25, times: 8, odd: [401, 429] },
  recovery: { rounds: 10, times: 1, odd: [401, 429] },
  reset: { rounds: 10, times: 1, odd: [422, 503] },
} as const
type Kind = keyof typeof kinds

const children: Child[] = []
const database = await postgresForTests()
if ('skip' in database) void test(`of ${twins} uses of one proof at three processes, one succeeds`, database)
else {
  // One after the other: each looks at the tables under one lock, and the second at once would be refused.
  while (children.length < 3) children.push(await startServer(database.url))
  after(async () => {
    for (const child of children) await child.kill()
    await database.drop()
  })
  for (const kind of ['totp', 'recovery', 'reset'] as const)
    for (let time = 0; time < kinds[kind].times; time++)
      void test(`of ${twins} uses of one ${kind} at three processes, one succeeds, ${time}`, async () => {
        for (let round = 0; round < kinds[kind].rounds; round++)
          assert.equal(await successes(kind, `${kind}-${time}-${round}@example.com`), 1)
      })
}

interface Use {
  readonly flow: string
  readonly body: object
}

async function successes(kind: Kind, email: string): Promise<number> {
  const uses = kind === 'reset' ? await resets(email) : await signIns(kind, email)
  const tries = Array.from({ length: twins }, (_, n) => ({ child: at(n), ...uses[n % uses.length]! }))
  const replies = await Promise.all(
    tries.map(({ child, flow, body }) => child.ask({ path: `/api/v1/auth/${flow}`, body })),
  )
  const wanted: readonly number[] = [200, 204, ...kinds[kind].odd]
  const odd = replies.filter((reply) => !wanted.includes(reply?.status ?? 0))
  assert.deepEqual(odd, [], 'each is taken, refused, or told to wait')
  return replies.filter((reply) => reply !== undefined && reply.status < 300).length
}

const at = (n: number): Child => children[n % children.length]!

/** A sign-in that waits at each process, and the code that ends it. */
async function signIns(kind: 'totp' | 'recovery', email: string): Promise<readonly Use[]> {
  await enlist(children, at(0), email)
  const { accessToken } = await said(at(0), 'login', { email, password })
  const { secret } = await said(at(0), 'mfa/totp/enrol', {}, String(accessToken))
  const app = new TOTP({ secret: String(secret) })
  const { recoveryCodes } = await said(at(0), 'mfa/totp/confirm', { totp: app.generate() }, String(accessToken))
  // The code of the next step is good already, and was not taken yet.
  const code = kind === 'totp' ? app.generate({ timestamp: Date.now() + 30_000 }) : (recoveryCodes as string[])[0]
  const waiting = await Promise.all(children.map((one) => said(one, 'login', { email, password })))
  return waiting.map(({ mfaToken }) => ({ flow: 'mfa/login', body: { mfaToken, [kind]: code } }))
}

/** The letter for a new password. */
async function resets(email: string): Promise<readonly Use[]> {
  await enlist(children, at(0), email)
  await said(at(0), 'password/forgot', { email })
  const token = await mailed(children, email, 'plp_')
  return [{ flow: 'password/reset', body: { token, password: 'an entirely different phrase' } }]
}
