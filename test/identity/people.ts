// Somebody who registers and signs in, as tests of identity need them.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { app, owner, ref, resource, role, signedIn, text } from 'plinth'
import { type Answered, testApp, type TestApp, type TestOptions } from 'plinth/testing'
import { whyNoPostgres } from '../postgres.ts'

const staff = role('staff')
const people = resource('people', {
  fields: { name: text({ max: 80 }), nick: text({ max: 40, optional: true, unique: true }) },
  owner: 'id',
  allow: { read: [owner, staff], list: [owner, staff] },
})
const notes = resource('notes', {
  fields: { writer: ref(people, { readonly: true }), text: text({ max: 200 }) },
  owner: 'writer',
  allow: { list: [owner], read: [owner], create: [signedIn] },
})

/** An app with people and their notes. */
export const club = app('club', { people, notes }, { profile: { of: people, make: () => ({ name: 'Somebody' }) } })
export type Club = TestApp<typeof club>

/** What helpers need of an app that runs, however it is opened. */
export interface Reach extends Pick<Club, 'settle' | 'mails' | 'clock'> {
  readonly anonymous: Pick<Club['anonymous'], 'request'>
}

export const openClub = (options: TestOptions = {}): Promise<Club> => testApp(club, options)

/** Declares a test on each engine; where one is missing it is skipped, and says so. */
export function onBoth(title: string, run: (club: Club, t: TestContext) => Promise<void>, options: TestOptions = {}) {
  for (const engine of ['sqlite', 'postgres'] as const)
    void test(`${title}, ${engine}`, async (t) => {
      const missing = engine === 'postgres' ? await whyNoPostgres() : undefined
      if (missing !== undefined) {
        t.skip(missing.skip)
        return
      }
      await using opened = await openClub({ ...options, engine })
      await run(opened, t)
    })
}

export const password = 'seven wild geese fly north'

/** Posts to a flow of sign-in, as nobody. */
export function ask(run: Reach, flow: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  return run.anonymous.request('POST', `/api/v1/auth/${flow}`, { body, headers })
}

/** Asks a path with an access token. */
export function as(run: Reach, token: string, method: string, path: string, body?: unknown): Promise<Answered> {
  const headers = { authorization: `Bearer ${token}` }
  return run.anonymous.request(method, `/api/v1/${path}`, { headers, ...(body !== undefined && { body }) })
}

export interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** The code in the newest letter to an address. */
export async function codeFor(run: Reach, address: string): Promise<string> {
  const code = /#token=(\w+)/.exec((await lettersTo(run, address))[0]?.text ?? '')?.[1]
  assert.ok(code, `no letter with a code for ${address}`)
  return code
}

/** The letters an address got, newest first. */
export async function lettersTo(run: Reach, address: string) {
  await run.settle()
  return (await run.mails()).filter(({ to }) => to === address)
}

/** Registers, confirms and signs in. */
export async function joined(run: Reach, email: string, profile?: object): Promise<Pair> {
  const begun = await ask(run, 'register', { email, password, ...(profile && { profile }) })
  assert.equal(begun.status, 202)
  assert.equal((await ask(run, 'verify', { token: await codeFor(run, email) })).status, 204)
  return signIn(run, email)
}

/** Signs in. */
export async function signIn(run: Reach, email: string): Promise<Pair> {
  const answer = await ask(run, 'login', { email, password })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as Pair // asserted by the contract that every answer is held against
}
