// A graceful stop in the middle of sign-ins: what was asked before it is answered whole, and nothing let in is refused.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdapters } from '../../src/features/oauth/adapter.ts'
import { loadOauthLibrary } from '../../src/features/oauth/library.ts'
import { idKeysetsOf, remake } from '../../src/features/oauth/service.ts'
import { secrets } from './app.ts'
import { openClub } from './registering.ts'
import {
  authorizeUrl, basic, codeFor, exchange, openScene, partner, type Scene, type SceneOptions, tokensFor,
} from './scene.ts' // prettier-ignore

interface Answer {
  /** 0 where the connection broke before the answer was whole. */
  readonly status: number
  readonly close: boolean
  readonly text: string
  readonly location: string
}

interface Asked {
  readonly path: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const one = new Agent({ keepAlive: false })

/** Asks once, never again. */
async function ask({ url }: Scene, { path, form, headers = {} }: Asked, agent = one): Promise<Answer> {
  const body = form && new URLSearchParams(form).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body?.length) }
  const method = body === undefined ? 'GET' : 'POST'
  const outgoing = request(new URL(path, url), { agent, method, headers: { ...headers, ...(body && type) } })
  outgoing.end(body)
  try {
    const [response] = await once(outgoing, 'response')
    const chunks: Buffer[] = await response.toArray()
    const { connection = '', location = '' } = response.headers
    return { status: response.statusCode, close: connection === 'close', text: String(Buffer.concat(chunks)), location }
  } catch (error) {
    return { status: 0, close: true, text: String(error), location: '' }
  }
}

/** Holds every exchange, and every look at an application, until it is let go; says when so many are held. */
async function holding({ house }: Scene, wanted: number) {
  const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let waiting = 0
  const hold = async (): Promise<void> => {
    if (++waiting === wanted) held.resolve()
    await go.promise
  }
  const adapters: typeof createAdapters = (of, library) => {
    const make = createAdapters(of, library)
    return (kind) => {
      const adapter = make(kind)
      if (kind !== 'AuthorizationCode' && kind !== 'Interaction') return adapter
      return {
        ...adapter,
        consume: async (id) => {
          await hold()
          await adapter.consume(id)
        },
        upsert: async (id, payload, seconds) => {
          if (kind === 'Interaction') await hold()
          await adapter.upsert(id, payload, seconds)
        },
      }
    }
  }
  remake({ house, library: await loadOauthLibrary(), keysets: await idKeysetsOf(house), adapters })
  return { held: held.promise, go: () => go.resolve() }
}

/** A stop while one exchanges a code and another begins a sign-in. */
async function stoppedInTheMiddle(options: SceneOptions, afterMs: number): Promise<readonly [Answer, Answer]> {
  await using scene = await openScene(options)
  const code = await codeFor(scene)
  const { held, go } = await holding(scene, 2)
  const asked = Promise.all([
    ask(scene, { path: '/oauth/token', form: exchange(code), headers: partner }),
    ask(scene, { path: authorizeUrl(), headers: { accept: 'text/html' } }),
  ])
  await held
  const closing = scene.server.door.close()
  await sleep(afterMs)
  go()
  const answers = await asked
  await closing
  return answers
}

for (const engine of ['sqlite', 'postgres'] as const)
  test(`on ${engine}: a code that is being exchanged is exchanged, and a sign-in that begins has begun`, async () => {
    const drain = { unreadyMs: 200, drainMs: 3_000, totalMs: 5_000 }

    const [token, begun] = await stoppedInTheMiddle({ engine, drain }, 400)

    assert.deepEqual([token.status, token.close], [200, true], token.text)
    const { access_token: access } = JSON.parse(token.text) as Record<string, string>
    assert.match(String(access), /^[\w-]{43}$/)
    assert.deepEqual([begun.status, begun.close], [303, true], begun.text)
    assert.match(begun.location, /\/oauth\/interaction\//)
  })

test('the control: a door that does not wait for them answers neither', async () => {
  const drain = { unreadyMs: 0, drainMs: 50, totalMs: 60 }

  const answers = await stoppedInTheMiddle({ drain }, 400)

  assert.deepEqual(
    answers.map(({ status }) => status),
    [0, 0],
  )
})

test('every address of it answers as ever until the door is shut, and nothing that was let in is refused', async () => {
  await using scene = await openScene({ app: openClub, drain: { unreadyMs: 2_000, drainMs: 3_000, totalMs: 8_000 } })
  const { access_token: token } = await tokensFor(scene)
  const robot = { authorization: basic('robot', secrets.ROBOT_SECRET) }
  const kinds: readonly (readonly [Asked, number])[] = [
    [{ path: '/oauth/token', form: { grant_type: 'client_credentials' }, headers: robot }, 200],
    [{ path: '/oauth/introspect', form: { token }, headers: partner }, 200],
    [{ path: '/oauth/userinfo', headers: { authorization: `Bearer ${token}` } }, 200],
    [{ path: authorizeUrl(), headers: { accept: 'text/html' } }, 303],
    [{ path: '/oauth/end-session', headers: { accept: 'text/html' } }, 200],
    [{ path: '/oauth/revoke', form: { token: 'x' }, headers: partner }, 200],
    [{ path: '/.well-known/openid-configuration' }, 200],
    [{ path: '/.well-known/jwks.json' }, 200],
    [{ path: '/oauth/register/x' }, 401],
  ]
  const odd: string[] = []
  const counts = { before: 0, during: 0 }
  const client = async ([asked, status]: (typeof kinds)[number]): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (;;) {
      const { draining } = scene.server.door
      const answer = await ask(scene, asked, agent)
      counts[draining ? 'during' : 'before']++
      if (answer.status !== status) odd.push(`${asked.path}: ${answer.status} ${answer.text.slice(0, 200)}`)
      if (answer.close) break // who is told so goes to another process
      await sleep(150) // a network may ask for 30 registrations a minute
    }
    agent.destroy()
  }
  const clients = Promise.all(kinds.map(client))
  while (counts.before <= kinds.length) await sleep(10)
  await scene.server.door.close()
  await clients

  assert.deepEqual(odd, [])
  assert.ok(counts.before > kinds.length && counts.during > kinds.length, JSON.stringify(counts))
  const late = await ask(scene, { path: '/.well-known/jwks.json' })
  assert.match(late.text, /ECONNREFUSED/, 'then nobody is let in')
})
