// Somebody who registers and signs in, as tests of identity need them.
import assert from 'node:assert/strict'
import { app, owner, ref, resource, role, signedIn, text } from 'plinth'
import { type Answered, testApp, type TestApp, type TestOptions } from 'plinth/testing'

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

export const openClub = (options: TestOptions = {}): Promise<Club> => testApp(club, options)

export const password = 'seven wild geese fly north'

/** Posts to a flow of sign-in, as nobody. */
export function ask(run: Club, flow: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  return run.anonymous.request('POST', `/api/v1/auth/${flow}`, { body, headers })
}

/** Asks a path with an access token. */
export function as(run: Club, token: string, method: string, path: string, body?: unknown): Promise<Answered> {
  const headers = { authorization: `Bearer ${token}` }
  return run.anonymous.request(method, `/api/v1/${path}`, { headers, ...(body !== undefined && { body }) })
}

export interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** The code in the newest letter to an address. */
export async function codeFor(run: Club, address: string): Promise<string> {
  await run.settle()
  const mail = (await run.mails()).find(({ to }) => to === address)
  const code = /#token=(\w+)/.exec(mail?.text ?? '')?.[1]
  assert.ok(code, `no letter with a code for ${address}`)
  return code
}

/** Registers, confirms and signs in. */
export async function joined(run: Club, email: string, profile?: object): Promise<Pair> {
  const begun = await ask(run, 'register', { email, password, ...(profile && { profile }) })
  assert.equal(begun.status, 202)
  assert.equal((await ask(run, 'verify', { token: await codeFor(run, email) })).status, 204)
  return signIn(run, email)
}

/** Signs in. */
export async function signIn(run: Club, email: string): Promise<Pair> {
  const answer = await ask(run, 'login', { email, password })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as Pair // asserted by the contract that every answer is held against
}
