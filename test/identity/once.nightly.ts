// One factor at three processes of one database: of fifty sign-ins at once that show it, one succeeds.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { TOTP } from 'otpauth'
import type { Child } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { password } from './people.ts'
import { enlist, said, startServer } from './processes.ts'

const twins = 50
const rounds = 10

const database = await postgresForTests()
const title = `of ${twins} sign-ins at three processes by one code, one succeeds, ${rounds} times`
if ('skip' in database) void test(title, database)
else {
  after(() => database.drop())
  void test(title, async () => {
    const children: Child[] = []
    // One after the other: each looks at the tables under one lock, and the second at once would be refused.
    while (children.length < 3) children.push(await startServer(database.url))
    try {
      for (const kind of ['totp', 'recovery'] as const)
        for (let round = 0; round < rounds; round++) assert.equal(await successes(children, kind, round), 1)
    } finally {
      for (const child of children) await child.kill()
    }
  })
}

async function successes(children: readonly Child[], kind: 'totp' | 'recovery', round: number): Promise<number> {
  const [child] = children
  assert.ok(child)
  const email = `${kind}-${round}@example.com`
  await enlist(children, child, email)
  const { accessToken } = await said(child, 'login', { email, password })
  const { secret } = await said(child, 'mfa/totp/enrol', {}, String(accessToken))
  const app = new TOTP({ secret: String(secret) })
  const { recoveryCodes } = await said(child, 'mfa/totp/confirm', { totp: app.generate() }, String(accessToken))
  // The code of the next step is good already, and was not taken yet.
  const code = kind === 'totp' ? app.generate({ timestamp: Date.now() + 30_000 }) : (recoveryCodes as string[])[0]
  const waiting = await Promise.all(children.map((one) => said(one, 'login', { email, password })))
  const tries = Array.from({ length: twins }, (_, n) => ({
    child: children[n % children.length] ?? child,
    body: { mfaToken: waiting[n % waiting.length]?.['mfaToken'], [kind]: code },
  }))
  const replies = await Promise.all(
    tries.map((one) => one.child.ask({ path: '/api/v1/auth/mfa/login', body: one.body })),
  )
  const odd = replies.filter((reply) => ![200, 401, 429].includes(reply?.status ?? 0))
  assert.deepEqual(odd, [], 'each is taken, refused, or told to wait')
  return replies.filter((reply) => reply?.status === 200).length
}
