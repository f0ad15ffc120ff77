// What a process remembers of who calls: a write about one account is no reason to look everybody else up again.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { House } from '../../src/call/house.ts'
import { as, ask, joined, password, type Reach, signIn } from './people.ts'
import { onBothOpened, roleToken } from './reach.ts'

/** Counts the statements that look up who calls. */
function countLooks(t: TestContext, { engine }: House): () => number {
  const asked = t.mock.method(engine, 'query').mock
  return () => asked.calls.filter(({ arguments: [{ text }] }) => /"plinth_(sessions|api_keys)"/.test(text)).length
}

type See = (token: string) => Promise<readonly [status: number, looks: number]>

const seeing =
  (run: Reach, looks: () => number): See =>
  async (token) => {
    const before = looks()
    const { status } = await as(run, token, 'GET', 'notes')
    return [status, looks() - before]
  }

/** Until what was told to other processes has come back to this one. */
const quiet = (): Promise<void> => pause(150)

/** Writes many a row of the account; answers a session of it. */
async function busy(run: Reach, email: string): Promise<string> {
  const first = await signIn(run, email)
  const { accessToken } = (await ask(run, 'refresh', { refreshToken: first.refreshToken })).body as typeof first
  const renewed = { current: password, password: 'an entirely different phrase' }
  assert.equal((await as(run, accessToken, 'POST', 'auth/password/change', renewed)).status, 204)
  await as(run, accessToken, 'POST', 'auth/email/change', { email: `new-${email}` })
  return accessToken
}

async function manage(run: Reach, email: string, what: string, body: object = {}): Promise<void> {
  const boss = roleToken('admin')
  const found = await as(run, boss, 'GET', `auth/accounts?email=${email}`)
  const [{ id } = { id: '' }] = (found.body as { data: { id: string }[] }).data
  assert.equal((await as(run, boss, 'POST', `auth/accounts/${id}/${what}`, body)).status, 200)
}

onBothOpened('writes about one account leave what is remembered of another', async ({ run, house }, t) => {
  const [ann, bob] = [await joined(run, 'ann@example.com'), await joined(run, 'bob@example.com')]
  const made = await as(run, ann.accessToken, 'POST', 'auth/keys', { name: 'a program', scopes: ['read'] })
  const { key } = made.body as { key: string }
  await quiet()
  const see = seeing(run, countLooks(t, house))
  assert.deepEqual(
    [await see(ann.accessToken), await see(key)],
    [
      [200, 1],
      [200, 1],
    ],
  )

  const other = await busy(run, 'bob@example.com')
  await manage(run, 'bob@example.com', 'roles', { roles: ['staff'] })
  await quiet()

  assert.deepEqual(
    [await see(ann.accessToken), await see(key)],
    [
      [200, 0],
      [200, 0],
    ],
  )
  assert.deepEqual(await see(other), [200, 1])
  assert.equal((await see(bob.accessToken))[0], 401, 'another password has ended it')
})

onBothOpened(
  'what is remembered of an account ends with it at once, and for nobody else',
  async ({ run, house }, t) => {
    const [ann, bob] = [await joined(run, 'ann@example.com'), await joined(run, 'bob@example.com')]
    const second = await signIn(run, 'bob@example.com')
    const made = await as(run, bob.accessToken, 'POST', 'auth/keys', { name: 'a program', scopes: ['read'] })
    const { key } = made.body as { key: string }
    await quiet()
    const see = seeing(run, countLooks(t, house))
    const all = [ann.accessToken, bob.accessToken, second.accessToken, key]
    const statuses = async (): Promise<number[]> => {
      const seen: number[] = []
      for (const token of all) seen.push((await see(token))[0])
      return seen
    }
    assert.deepEqual(await statuses(), [200, 200, 200, 200])

    assert.equal((await as(run, second.accessToken, 'POST', 'auth/logout', {})).status, 204)
    assert.deepEqual(await statuses(), [200, 200, 401, 200])
    await manage(run, 'bob@example.com', 'deactivate')
    assert.deepEqual(await statuses(), [200, 401, 401, 401])
    await manage(run, 'bob@example.com', 'reactivate')
    assert.deepEqual(await statuses(), [200, 401, 401, 200], 'its key is good again at once')
    await quiet()
    assert.deepEqual(await see(ann.accessToken), [200, 0])
  },
)
