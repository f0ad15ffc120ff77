// An app whose boards and notes belong to organizations, and people of several of them.
import assert from 'node:assert/strict'
import { app, integer, member, ref, resource, signedIn, text } from 'plinth'
import { type Answered, testApp, type TestApp, type TestOptions } from 'plinth/testing'
import { codeIn, password } from './letters.ts'

export const boards = resource('boards', {
  tenant: 'organization',
  fields: { title: text({ max: 80, unique: true }), size: integer({ min: 0, max: 1_000, default: 0 }) },
  allow: {
    list: [signedIn],
    read: [signedIn],
    create: [signedIn],
    update: [member('owner'), member('editor')],
    delete: [member('owner')],
    history: [signedIn],
  },
  sort: ['title', 'size'],
  search: ['title'],
})

export const notes = resource('notes', {
  tenant: 'organization',
  fields: { board: ref(boards, { onDelete: 'cascade', inverse: 'notes' }), text: text({ max: 200 }) },
  allow: { list: [signedIn], read: [signedIn], create: [signedIn], update: [signedIn] },
})

export const studio = app('studio', { boards, notes })
export type Studio = TestApp<typeof studio>
export const openStudio = (options: TestOptions = {}): Promise<Studio> => testApp(studio, options)

export interface Person {
  readonly email: string
  readonly token: string
  /** Asks a path of the API; with `tenant`, for that organization. */
  ask(method: string, path: string, body?: unknown, tenant?: string): Promise<Answered>
}

/** Registers, confirms and signs in. */
export async function person(run: Studio, email: string): Promise<Person> {
  const post = (flow: string, body: unknown): Promise<Answered> =>
    run.anonymous.request('POST', `/api/v1/auth/${flow}`, { body })
  assert.equal((await post('register', { email, password })).status, 202)
  assert.equal((await post('verify', { token: await codeIn(run, email) })).status, 204)
  const { status, body } = await post('login', { email, password })
  assert.equal(status, 200, JSON.stringify(body))
  const { accessToken: token } = body as { accessToken: string } // the contract says so
  return {
    email,
    token,
    ask: (method, path, sent, tenant) =>
      run.anonymous.request(method, `/api/v1/${path}`, {
        headers: { authorization: `Bearer ${token}`, ...(tenant !== undefined && { 'plinth-tenant': tenant }) },
        ...(sent !== undefined && { body: sent }),
      }),
  }
}

/** What was answered, as it was asked for. Fails where it was not. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the contract says it, the test repeats it
export function said<T>({ status, body }: Answered, wanted: number): T {
  assert.equal(status, wanted, `answered ${JSON.stringify(body)}`)
  return body as T // the test says which
}

/** Makes an organization, and answers its id. */
export const founded = async (by: Person, name: string): Promise<string> =>
  said<{ id: string }>(await by.ask('POST', 'auth/organizations', { name }), 201).id

/** Asks somebody in, and has them come. */
export async function joined(run: Studio, by: Person, who: Person, organization: string, role = 'member') {
  said(await by.ask('POST', `auth/organizations/${organization}/invite`, { email: who.email, role }), 204)
  const token = await codeIn(run, who.email)
  said(await who.ask('POST', 'auth/organizations/accept', { token }), 200)
}

interface Place {
  readonly id: string
  readonly email: string
  readonly role: string
}

/** The members of an organization, as somebody sees them. */
export const membersOf = async (by: Person, organization: string): Promise<readonly Place[]> =>
  said<{ data: Place[] }>(await by.ask('GET', `auth/organizations/${organization}/members`), 200).data

/** The member with that address. */
export async function place(by: Person, organization: string, { email }: Person): Promise<string> {
  const found = (await membersOf(by, organization)).find((one) => one.email === email)
  assert.ok(found, `${email} is not in it`)
  return found.id
}
