// Who registers an address, and then signs in with the password of their choice, learns nothing of who was there.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import type { House } from '../../src/call/house.ts'
import { transact } from '../../src/call/transact.ts'
import type { Tx } from '../../src/define/tx.ts'
import { accounts, claims } from '../../src/features/accounts/index.ts'
import { makeKnown, nobodyLike, shown } from './known_or_not.ts'
import { ask, type Reach, signIn } from './people.ts'
import { onBothOpened } from './reach.ts'

const [chosen, other] = ['eight wild geese fly south', 'nine wild geese stay here']
const addresses = ['ann@example.com', 'waiting@example.com', nobodyLike('ann@example.com')]
const hour = 3_600_000

const register = async (run: Reach, email: string, password: string): Promise<number> =>
  (await ask(run, 'register', { email, password })).status

const tried = async (run: Reach, email: string, password: string): Promise<string> =>
  shown(await ask(run, 'login', { email, password }), email)

/** What each address answers, as one: with an account, with one that waits, and with none until now. */
async function alike(run: Reach, password: string): Promise<string> {
  const [first = '', ...rest] = await Promise.all(addresses.map((email) => tried(run, email, password)))
  for (const [at, answer] of rest.entries()) assert.equal(answer, first, `${addresses[at + 1]}`)
  return first
}

const inside = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, { operation: 'test', caller: noOne, origin: fromInside }, {}, run)

const forget = (house: House): Promise<void> =>
  inside(house, async (tx) => {
    for (const { id } of await tx.find(claims, {})) await tx.delete(claims, id)
  })

async function somebodyWaits(house: House): Promise<void> {
  const text = `select l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()`
  while ((await house.engine.query({ text, reads: ['int'] }, [])).length === 0) await sleep(5)
}

onBothOpened('all addresses answer alike to the password they were registered with', async ({ run, house }) => {
  await makeKnown(run)
  for (const email of addresses) assert.equal(await register(run, email, chosen), 202)
  await run.settle()

  assert.match(await alike(run, chosen), /^403\n/)
  assert.match(await alike(run, other), /^401\n/, 'and to any other')
  for (const email of addresses) await register(run, email, other)
  await run.settle()
  assert.match(await alike(run, other), /^403\n/, 'until they are registered with that too')
  assert.ok((await signIn(run, 'ann@example.com')).accessToken, 'whose it is signs in as ever')

  await forget(house)
  const seen = await Promise.all(addresses.map((email) => tried(run, email, chosen)))
  assert.deepEqual(seen.map((answer) => answer.slice(0, 3)), ['401', '401', '403'], 'the control') // prettier-ignore
})

onBothOpened('two registrations with two passwords tell no more than one', async ({ run }) => {
  await makeKnown(run)
  await Promise.all(addresses.flatMap((email) => [chosen, other].map((password) => register(run, email, password))))
  await run.settle()

  for (const password of [chosen, other]) assert.match(await alike(run, password), /^403\n/)
})

// One writer at a time makes no two accounts at one instant, so it is asked of PostgreSQL alone.
onBothOpened(
  'a registration that meets another of the same instant tells no more either',
  async ({ run, house }) => {
    const email = 'ann@example.com'
    const [made, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = inside(house, async (tx) => {
      await tx.create(accounts, { email, verifiedAt: tx.now })
      made.resolve()
      await end.promise
    })
    await made.promise
    await register(run, email, chosen)
    const second = run.settle()
    await somebodyWaits(house)
    end.resolve()
    await Promise.all([first, second])

    assert.match(await tried(run, email, chosen), /^403\n/)
    assert.match(await tried(run, email, other), /^401\n/)
  },
  { engines: ['postgres'] },
)

onBothOpened('a day later a registration that nobody confirmed is answered as a wrong password', async ({ run }) => {
  await makeKnown(run)
  for (const email of addresses) await register(run, email, chosen)
  await run.settle()

  run.clock.advance(23 * hour)
  assert.match(await alike(run, chosen), /^403\n/)
  run.clock.advance(2 * hour)
  assert.match(await alike(run, chosen), /^401\n/)
  for (const email of addresses) await register(run, email, chosen)
  await run.settle()
  assert.match(await alike(run, chosen), /^403\n/, 'until it is registered again')
})

onBothOpened(
  'a hundred wrong ones in a row close each of them to the password of the registration',
  async ({ run }) => {
    await makeKnown(run)
    for (const email of addresses) await register(run, email, chosen)
    await run.settle()

    for (let n = 0; n < 100; n++) {
      run.clock.advance(10 * 60_000) // the tries of a network are forgotten, those in a row are not
      await Promise.all(addresses.map((email) => tried(run, email, n % 2 === 0 ? chosen : other)))
    }

    assert.match(await alike(run, chosen), /^401\n/)
  },
)
