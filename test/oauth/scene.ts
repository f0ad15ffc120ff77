// A server that is an OAuth provider, over HTTP, with somebody who has an account; and the way through its pages.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import type { App } from 'plinth'
import { type OwnedClock, ownedClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import type { House } from '../../src/call/house.ts'
import { transact } from '../../src/call/transact.ts'
import type { DrainLimits } from '../../src/doors/http/drain.ts'
import { accounts } from '../../src/features/accounts/index.ts'
import { authOf } from '../../src/features/auth/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { freshDatabase } from '../../src/server/fresh_database.ts'
import { ensureProfile } from '../../src/server/profile.ts'
import { openServer, type Server } from '../../src/server/start.ts'
import { whyNoPostgres } from '../postgres.ts'
import { secret } from '../surface/test_server.ts'
import { callback, club, secrets } from './app.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'

export const password = 'seven wild geese fly north'
export const ann = 'ann@example.com'

export interface Scene extends AsyncDisposable {
  readonly url: string
  readonly server: Server
  readonly house: House
  readonly clock: OwnedClock
  /** Lines of the log so far, as text. */
  readonly log: string[]
  readonly browser: () => Browser
}

export interface SceneOptions {
  readonly engine?: 'sqlite' | 'postgres'
  readonly app?: App
  readonly databaseUrl?: string
  readonly rateLimit?: string
  /** As the browser knows it; a passkey belongs to a name, never to an address. */
  readonly host?: 'localhost'
  /** The times of a graceful stop. */
  readonly drain?: DrainLimits
}

/** Starts a server with one account. */
export async function openScene({
  engine = 'sqlite',
  app = club,
  databaseUrl,
  rateLimit = 'off',
  host,
  drain,
}: SceneOptions = {}): Promise<Scene> {
  const database =
    databaseUrl === undefined
      ? await freshDatabase(app, engine)
      : { databaseUrl, isPrepared: false, drop: async () => {} }
  const { isPrepared } = database
  const port = await freePort()
  const url = `http://${host ?? '127.0.0.1'}:${port}`
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.databaseUrl,
    PUBLIC_URL: url,
    PORT: String(port),
    HOST: '127.0.0.1',
    PLINTH_SECRET: secret,
    RATE_LIMIT: rateLimit,
    AUDIT_ANCHOR: 'off',
    ...secrets,
  })
  // Nothing of these tests is about what a hash costs.
  const config = { ...read, services: { ...read.services, cheapHashes: true } }
  const log: string[] = []
  const clock = ownedClock(new Date().toISOString())
  const write = (line: string): void => void log.push(line)
  const made = createLog({ level: 'debug', clock, write })
  const server = await openServer(app, { config, clock, log: made, isPrepared, ...(drain && { drain }) })
  await server.door.listen({ port, host: '127.0.0.1' })
  server.setReady()
  const { house } = server.house
  if (databaseUrl === undefined) await makeAccount(house, ann)
  const close = async (): Promise<void> => {
    await server.close(true) // no balancer has to notice
    await database.drop()
  }
  return { url, server, house, clock, log, browser: () => openBrowser(url), [Symbol.asyncDispose]: close }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

/** An account whose address is confirmed. */
export async function makeAccount(house: House, email: string, roles: readonly string[] = []): Promise<string> {
  const passwordHash = await authOf(house).passwords.hash(password)
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  const { id } = await transact(house, deed, {}, (tx) =>
    tx.create(accounts, { email, passwordHash, roles, verifiedAt: tx.now }),
  )
  await ensureProfile(house, id)
  return id
}

/** Declares a test on each engine; where one is missing it is skipped, and says so. */
export function onBoth(title: string, run: (scene: Scene, t: TestContext) => Promise<void>, app: App = club): void {
  for (const engine of ['sqlite', 'postgres'] as const)
    void test(`${title}, ${engine}`, async (t) => {
      const missing = engine === 'postgres' ? await whyNoPostgres() : undefined
      if (missing !== undefined) {
        t.skip(missing.skip)
        return
      }
      await using scene = await openScene({ engine, app })
      await run(scene, t)
    })
}

/** The other half of a request: what only who began it knows. */
export const verifier = 'a-verifier-of-the-tests-which-is-43-characters-long'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** What an authorization request usually says; undefined leaves a member out. */
export function authorizeUrl(said: Readonly<Record<string, string | undefined>> = {}): string {
  const usual = {
    client_id: 'partner',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid email notes:read',
    state: 'state-of-the-test',
    nonce: 'nonce-of-the-test',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const all = Object.entries({ ...usual, ...said }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return `/oauth/authorize?${new URLSearchParams(all).toString()}`
}

/** Where the page's form goes: its own address, which the last redirect named. */
export interface At {
  readonly page: Page
  readonly address: string
}

/** The page that an address leads to, with where it is. */
export async function reach(browser: Browser, url: string, address: string): Promise<At> {
  const page = await browser.get(address)
  const { location } = page
  return location?.startsWith(url) ? reach(browser, url, location) : { page, address }
}

/** Signs in and allows; answers where the browser is sent at the end. */
export async function walk(
  { url }: Scene,
  browser: Browser,
  start: string,
  who: { readonly email?: string } = {},
): Promise<URL> {
  let at = await reach(browser, url, start)
  for (let step = 0; step < 4 && at.page.status === 200; step++) {
    const given = at.page.text.includes('name="password"') ? { email: who.email ?? ann, password } : {}
    const form = { ...at.page.fields, ...given, decision: 'yes' }
    const page = await browser.post(at.address, form)
    at = page.location?.startsWith(url) ? await reach(browser, url, page.location) : { page, address: at.address }
  }
  assert.ok(at.page.location, `no way on: ${at.page.status} ${at.page.text}`)
  return new URL(at.page.location)
}

export interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`

export const partner = { authorization: basic('partner', secrets.PARTNER_SECRET) }

/** Posts to an endpoint as an application. */
export async function post(
  { url }: Pick<Scene, 'url'>,
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = partner,
): Promise<TokenAnswer> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(form), headers })
  const text = await answer.text()
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : { text }
  // An object, by its first sign.
  return { status: answer.status, headers: answer.headers, body: body as TokenAnswer['body'] }
}

/** The form that exchanges a code. */
export const exchange = (code: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: callback,
  code_verifier: verifier,
  ...more,
})

/** A code, with a fresh browser unless one is given. */
export async function codeFor(scene: Scene, start = authorizeUrl(), browser = scene.browser()): Promise<string> {
  const end = await walk(scene, browser, start)
  const code = end.searchParams.get('code')
  assert.ok(code, `no code: ${end.href}`)
  return code
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly scope: string
}

/** The tokens of a sign-in to the partner. */
export async function tokensFor(scene: Scene, start = authorizeUrl(), browser = scene.browser()): Promise<Tokens> {
  const answer = await post(scene, '/oauth/token', exchange(await codeFor(scene, start, browser)))
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as unknown as Tokens // what RFC 6749 §5.1 says, and the tests of the walk check
}

/** Calls the API with a token. */
export async function api({ url }: Scene, token: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(init.body ? { 'content-type': 'application/json' } : {}) }
  return fetch(`${url}/api/v1/${path}`, { ...init, headers })
}
