// What tests of registration share: the app that allows it, an administrator, and the way to ask.
import assert from 'node:assert/strict'
import { app } from 'plinth'
import { callback, club } from './app.ts'
import { api, makeAccount, password, type Scene } from './scene.ts'

/** The club, where applications may register themselves. */
export const openClub = app('club', club.parts as object, {
  ...club.options,
  provider: { ...club.options.provider, registration: { scopes: ['openid', 'email', 'notes:read'] } },
})

export const metadata = { client_name: 'Travel', redirect_uris: [callback] }

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** Asks at the address of registration. */
export async function ask({ url }: Scene, token: string, method: string, body?: unknown, path = ''): Promise<Answered> {
  const answer = await fetch(`${url}/oauth/register${path}`, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const read: unknown = text === '' ? {} : JSON.parse(text)
  return { status: answer.status, headers: answer.headers, body: read as Answered['body'] } // each answer is an object
}

export const register = (scene: Scene, token: string, said: unknown = metadata): Promise<Answered> =>
  ask(scene, token, 'POST', said)

/** The access token of an administrator of the API. */
export async function administrator(scene: Scene): Promise<string> {
  const email = 'boss@example.com'
  await makeAccount(scene.house, email, ['admin'])
  const answer = await fetch(`${scene.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  return ((await answer.json()) as { accessToken: string }).accessToken
}

/** An initial access token. */
export async function initialToken(scene: Scene, boss: string, more: object = {}): Promise<string> {
  const body = JSON.stringify({ name: 'partners', ...more })
  const made = await api(scene, boss, 'auth/client-tokens', { method: 'POST', body })
  assert.equal(made.status, 201)
  const { token } = (await made.json()) as { token: string }
  assert.match(token, /^plg_\w{49}$/)
  return token
}
