// Refreshes were given without a refresh token elsewhere (CVE-2026-53512): here one needs it, in the one place for it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answered } from 'plinth/testing'
import { ask, type Club, joined, openClub, type Pair } from '../identity/people.ts'

interface Way {
  readonly title: string
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function waysOf({ accessToken, refreshToken }: Pair): Way[] {
  const bearer = { authorization: `Bearer ${accessToken}` }
  const wrong = [null, '', {}, [], 0, true, { $ne: null }, [refreshToken], { token: refreshToken }, accessToken]
  return [
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ title: method, method, headers: bearer })),
    { title: 'no body, and an access token', headers: bearer },
    { title: 'an empty body, and an access token', headers: bearer, body: {} },
    ...wrong.map((value) => ({
      title: `refreshToken ${JSON.stringify(value)?.slice(0, 30)}`,
      body: { refreshToken: value },
    })),
    ...['token', 'refresh_token', 'RefreshToken'].map((name) => ({ title: name, body: { [name]: refreshToken } })),
    { title: 'half of it', body: { refreshToken: refreshToken.slice(0, 20) } },
    { title: 'one letter more', body: { refreshToken: `${refreshToken}a` } },
    {
      title: 'a cookie',
      body: {},
      headers: { cookie: `refreshToken=${refreshToken}; __Host-refresh=${refreshToken}` },
    },
    { title: 'a header', body: {}, headers: { authorization: `Bearer ${refreshToken}` } },
    { title: 'with more in it', body: { refreshToken, userId: 'x' } },
  ]
}

type Send = (way: Way) => Promise<Answered>

/** The ways that gave tokens, or failed by our fault. */
async function given(pair: Pair, send: Send): Promise<string[]> {
  const found: string[] = []
  for (const way of waysOf(pair)) {
    const { status, text } = await send(way)
    if (status < 400 || status >= 500 || text.includes('accessToken')) found.push(`${way.title}: ${status}`)
  }
  return found
}

const sendTo =
  (run: Club): Send =>
  ({ method = 'POST', body, headers = {} }) =>
    run.anonymous.request(method, '/api/v1/auth/refresh', { headers, ...(body !== undefined && { body }) })

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`nothing but a refresh token refreshes, on ${engine}`, async () => {
    await using run = await openClub({ engine })
    const pair = await joined(run, 'ann@example.com')

    assert.deepEqual(await given(pair, sendTo(run)), [])
    assert.equal((await ask(run, 'refresh', { refreshToken: pair.refreshToken })).status, 200, 'and it is still good')
  })
}
