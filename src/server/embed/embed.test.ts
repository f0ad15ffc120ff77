// Accounts beside an API that exists already, in Express and in Fastify, over real HTTP.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fastify from 'fastify'
import { createApi } from '../../../examples/existing_api/api.ts'
import { type Auth, openAuth, role, signedIn } from './index.ts'

const password = 'seven wild geese fly north'
const ann = 'ann@example.com'
const boss = 'boss@example.com'

interface Asking {
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
}

interface Host {
  readonly auth: Auth
  readonly ask: (path: string, asking?: Asking) => Promise<Response>
}

/** Serves both ways in turn; everything of it is gone at the end. */
function onBoth(title: string, run: (host: Host) => Promise<void>, more: Readonly<Record<string, string>> = {}): void {
  for (const host of [inExpress, inFastify])
    void test(`${title}, ${host.name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'plinth-embed-'))
      const auth = await openAuth('invoices', {
        environment: {
          DATABASE_URL: `sqlite:${join(folder, 'app.db')}`,
          PLINTH_ADMIN_EMAIL: boss,
          PLINTH_ADMIN_PASSWORD: password,
          PLINTH_SECRET: 'x'.repeat(32),
          LOG_LEVEL: 'silent',
          ...more,
        },
      })
      const { origin, close } = await host(auth)
      try {
        const ask: Host['ask'] = (path, { body, headers } = {}) =>
          fetch(origin + path, {
            ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
            headers: { 'content-type': 'application/json', ...headers },
          })
        await run({ auth, ask })
      } finally {
        await close()
        await auth.close()
        rmSync(folder, { recursive: true, force: true })
      }
    })
}

interface Hosted {
  readonly origin: string
  readonly close: () => Promise<unknown>
}

async function inExpress(auth: Auth): Promise<Hosted> {
  const server: Server = createServer(createApi(auth))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // it listens on a port
  const close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)))
  return { origin: `http://127.0.0.1:${port}`, close }
}

/** The same API, written for Fastify. */
async function inFastify(auth: Auth): Promise<Hosted> {
  const invoices: { of: string; amount: string }[] = []
  const api = fastify({ forceCloseConnections: true })
  const { routes, requires } = auth.fastify
  await api.register(routes)
  api.get('/prices', () => [{ plan: 'small', amount: '9.00' }])
  api.post('/invoices', { onRequest: requires(signedIn) }, async (request, reply) => {
    const made = { of: request.caller.id, amount: String((request.body as { amount: unknown }).amount) }
    invoices.push(made)
    return reply.code(201).send(made)
  })
  api.get('/invoices', { onRequest: requires(signedIn) }, (request) =>
    invoices.filter(({ of }) => of === request.caller.id),
  )
  api.get('/invoices/all', { onRequest: requires(role('accountant')) }, () => invoices)
  return { origin: await api.listen({ port: 0, host: '127.0.0.1' }), close: () => api.close() }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function tokenOf({ ask }: Host, email: string): Promise<string> {
  const answer = await ask('/api/v1/auth/login', { body: { email, password } })
  assert.equal(answer.status, 200)
  return ((await answer.json()) as { accessToken: string }).accessToken
}

async function joined(host: Host, email: string): Promise<string> {
  const { ask } = host
  assert.equal((await ask('/api/v1/auth/register', { body: { email, password } })).status, 202)
  for (let n = 0; n < 300; n++) {
    const mails = (await (await ask('/dev/mailbox.json')).json()) as { to: string; text: string }[]
    const token = /#token=(\w+)/.exec(mails.find(({ to }) => to === email)?.text ?? '')?.[1]
    if (token === undefined) await new Promise((done) => setTimeout(done, 20))
    else {
      assert.equal((await ask('/api/v1/auth/verify', { body: { token } })).status, 204)
      return tokenOf(host, email)
    }
  }
  throw new Error('no letter came')
}

onBoth('accounts, roles and ends are those of Plinth; the other routes stay as they were', async (host) => {
  const { ask } = host
  assert.equal((await ask('/prices')).status, 200)
  const refused = await ask('/invoices')
  assert.deepEqual([refused.status, refused.headers.get('content-type')], [401, 'application/problem+json'])
  const problem = (await refused.json()) as { code: string; instance: string; requestId: string }
  assert.deepEqual([problem.code, problem.instance], ['unauthenticated', '/invoices'])
  assert.equal(refused.headers.get('x-request-id'), problem.requestId)
  assert.equal(refused.headers.get('x-content-type-options'), 'nosniff')

  const headers = bearer(await joined(host, ann))
  const made = await ask('/invoices', { body: { amount: '12.50' }, headers })
  assert.equal(made.status, 201)
  assert.match(made.headers.get('ratelimit') ?? '', /^"default";r=\d+/)
  assert.equal(((await (await ask('/invoices', { headers })).json()) as object[]).length, 1)
  assert.equal((await ask('/invoices/all', { headers })).status, 403)

  const admin = bearer(await tokenOf(host, boss))
  assert.deepEqual(await (await ask('/invoices', { headers: admin })).json(), [], 'everybody sees their own')
  const { id } = (await (await ask('/api/v1/auth/me', { headers })).json()) as { id: string }
  const promoted = await ask(`/api/v1/auth/accounts/${id}/roles`, { body: { roles: ['accountant'] }, headers: admin })
  assert.equal(promoted.status, 200)
  assert.equal((await ask('/invoices/all', { headers })).status, 200)

  assert.equal((await ask('/api/v1/auth/logout', { body: {}, headers })).status, 204)
  assert.equal((await ask('/invoices', { headers })).status, 401)
})

onBoth('a key is held to its scopes, and a cookie to pages of ours', async (host) => {
  const { ask } = host
  const admin = bearer(await tokenOf(host, boss))
  const key = async (scopes: string) => {
    const answer = await ask('/api/v1/auth/keys', {
      body: { name: 'export', scopes: scopes.split(' ') },
      headers: admin,
    })
    return bearer(((await answer.json()) as { key: string }).key)
  }
  const [reads, writes] = [await key('read'), await key('write')]
  const write = (headers: Readonly<Record<string, string>>) => ask('/invoices', { body: { amount: '1.00' }, headers })
  assert.deepEqual([(await ask('/invoices', { headers: reads })).status, (await write(reads)).status], [200, 403])
  assert.deepEqual([(await ask('/invoices', { headers: writes })).status, (await write(writes)).status], [403, 201])

  const own = { 'sec-fetch-site': 'same-origin' }
  const entered = await ask('/api/v1/auth/login', { body: { email: boss, password, session: 'cookie' }, headers: own })
  const cookie = entered.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  assert.deepEqual(
    [(await write({ cookie, ...own })).status, (await write({ cookie, 'sec-fetch-site': 'cross-site' })).status],
    [201, 403],
  )
  const form = await ask('/invoices', { body: 'amount=1', headers: { cookie, ...own, 'content-type': 'text/plain' } })
  assert.equal(form.status, 403)
})

onBoth(
  'a budget is kept by caller, and what is malformed never reaches the other API',
  async (host) => {
    const { ask } = host
    const statuses = []
    for (let n = 0; n < 8; n++) statuses.push((await ask('/invoices')).status)
    assert.deepEqual(new Set(statuses), new Set([401]), 'who may not come in at all is told that')
    const bad = await ask('/api/v1/auth/login', { body: '{"email":1,"email":2}' })
    assert.equal(bad.status, 400)
    assert.equal((await ask('/api/v1/auth/nothing')).status, 404)
    const headers = bearer(await tokenOf(host, boss))
    const seen = []
    for (let n = 0; n < 70; n++) seen.push((await ask('/invoices', { headers })).status)
    assert.equal(seen.filter((status) => status === 200).length, 60)
    assert.equal(seen.at(-1), 429)
  },
  { RATE_LIMIT: '60' },
)
