// Bad days of sign-in: the mail server is down, the keys are turned, the secret is another; nobody loses an account.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createKeyring } from '../../src/base/seal.ts'
import { startSmtp, type TestSmtp } from '../../src/features/mail/test_smtp.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { settle } from '../../src/testing/settle.ts'
import { postgresForTests } from '../postgres.ts'
import { secret, type ServeOptions, serveOn, type Said, type Surface } from '../surface/test_server.ts'
import { mailboxOf } from '../../src/features/mail/index.ts'
import { club, password } from './people.ts'

const ann = 'ann@example.com'
const minute = 60_000
const day = 24 * 60 * minute

const post = (surface: Surface, flow: string, body: object, as?: string): Promise<Said> =>
  surface.ask({ url: `/api/v1/auth/${flow}`, body, as })

const me = async (surface: Surface, token: string): Promise<number> =>
  (await surface.ask({ url: '/api/v1/auth/me', as: token })).status

interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Signs in. */
async function signedIn(surface: Surface): Promise<Pair> {
  const { status, json } = await post(surface, 'login', { email: ann, password })
  assert.equal(status, 200)
  return json as unknown as Pair // the contract says so
}

async function refreshed(surface: Surface, refreshToken: string): Promise<Pair> {
  const { status, json } = await post(surface, 'refresh', { refreshToken })
  assert.equal(status, 200)
  return json as unknown as Pair
}

/** Registers and confirms by the letter in the mailbox of development. */
async function joined(surface: Surface): Promise<void> {
  const { house } = surface.server.house
  await post(surface, 'register', { email: ann, password })
  await settle(house)
  const [letter] = (await mailboxOf(house))?.list() ?? []
  const token = /#token=(\w+)/.exec(letter?.text ?? '')?.[1]
  assert.equal((await post(surface, 'verify', { token })).status, 204)
}

type Reopen = (options?: Partial<ServeOptions>) => Promise<Surface>

/** Declares a test on each engine, whose server may be started again on the same database. */
function onLasting(title: string, run: (reopen: Reopen, t: TestContext) => Promise<void>): void {
  void test(`${title}, sqlite`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-bad-days-'))
    const engine = () => openSqlite({ file: join(folder, 'app.db') })
    await run(async (options) => serveOn(club, { name: 'sqlite', engine: await engine(), ...options }), t)
    await rm(folder, { recursive: true })
  })
  void test(`${title}, postgres`, async (t) => {
    const database = await postgresForTests(club)
    if ('skip' in database) {
      t.skip(database.skip)
      return
    }
    const engine = () => openPostgres({ url: database.url })
    await run(async (options) => serveOn(club, { name: 'postgres', engine: await engine(), ...options }), t)
    await database.drop()
  })
}

/** The address of a mail server that is down, hangs up, or is up. */
async function gateTo(smtp: TestSmtp) {
  const { port: behind } = new URL(smtp.url())
  const open = (answers: boolean) =>
    createServer((client) => {
      if (!answers) {
        client.destroy()
        return
      }
      const upstream = connect({ port: Number(behind), host: '127.0.0.1' })
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        from.on('error', () => to.destroy())
        from.pipe(to)
      } // prettier-ignore
    })
  let server = open(false)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    url: `smtp://127.0.0.1:${port}`,
    close,
    async reopen(answers: boolean) {
      server = open(answers)
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}

onLasting(
  'a mail server that is down, or hangs up, costs nothing but time: the letter comes once',
  async (reopen, t) => {
    const smtp = await startSmtp()
    const gate = await gateTo(smtp)
    // What fails above must not keep the process waiting for these.
    t.after(async () => {
      smtp.hangUp()
      await gate.close()
      await smtp.stop()
    })
    const surface = await reopen({ environment: { SMTP_URL: gate.url, MAIL_FROM: 'club@example.com' } })
    const { house } = surface.server.house
    const later = async (ms: number): Promise<void> => {
      surface.clock.advance(ms)
      await settle(house)
    }

    assert.equal((await post(surface, 'register', { email: ann, password })).status, 202)
    await settle(house) // it hangs up
    await gate.close()
    for (let n = 0; n < 5; n++) await later(10 * minute) // nothing listens
    assert.equal((await post(surface, 'login', { email: ann, password })).status, 403, 'the account waits')
    assert.equal(smtp.received.length, 0)
    await gate.reopen(true)
    for (let n = 0; n < 5; n++) await later(60 * minute)

    assert.deepEqual(
      smtp.received.map(({ to }) => to),
      [[ann]],
    )
    const token = /#token=(\w+)/.exec(smtp.received[0]?.parsed.text ?? '')?.[1]
    assert.equal((await post(surface, 'verify', { token })).status, 204)
    await signedIn(surface)
    await surface.close()
  },
)

onLasting('a new signing key takes over, and tokens of the old one live on until their time', async (reopen) => {
  const surface = await reopen()
  await joined(surface)
  await signedIn(surface) // the first sign-in makes the first key
  surface.clock.advance(90 * day - minute)
  const before = await signedIn(surface)
  surface.clock.advance(2 * minute)
  const after = await signedIn(surface)
  const kidOf = ({ accessToken }: Pair): string =>
    (JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  const published = async (): Promise<unknown[]> =>
    ((await surface.ask({ url: '/.well-known/jwks.json' })).json['keys'] as { kid: string }[]).map(({ kid }) => kid)

  assert.notEqual(kidOf(before), kidOf(after))
  assert.deepEqual([await me(surface, before.accessToken), await me(surface, after.accessToken)], [200, 200])
  for (const pair of [before, after]) assert.ok((await published()).includes(kidOf(pair)))
  const renewed = await refreshed(surface, before.refreshToken)
  assert.equal(kidOf(renewed), kidOf(after))
  surface.clock.advance(2 * day)
  assert.equal(await me(surface, before.accessToken), 401)
  assert.ok(!(await published()).includes(kidOf(before)))
  await refreshed(surface, renewed.refreshToken)
  await surface.close()
})

onLasting('another PLINTH_SECRET keeps everybody signed in while the one before is named', async (reopen) => {
  const next = 'another secret of the surface tests, 32+'
  const first = await reopen({ keys: createKeyring(secret) })
  await joined(first)
  const pair = await signedIn(first)
  await first.close()

  const second = await reopen({ keys: createKeyring(next, [secret]), seed: 8 })
  assert.equal(await me(second, pair.accessToken), 200)
  const renewed = await refreshed(second, pair.refreshToken)
  await second.close()

  const third = await reopen({ keys: createKeyring('a third secret of the surface tests, 32+'), seed: 9 })
  assert.equal(await me(third, renewed.accessToken), 401, 'the control: nothing opens the keys any more')
  assert.equal(await me(third, (await signedIn(third)).accessToken), 200, 'a password is not bound to the secret')
  await third.close()
})
