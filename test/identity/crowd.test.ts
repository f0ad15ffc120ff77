// More sign-ins at once than may hash or wait to: those over it are refused before anything is done for them.
import { deepEqual, ok } from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { passwordLimits } from '../../src/base/identity_limits.ts'
import { storeOf, type House } from '../../src/call/house.ts'
import { tries } from '../../src/features/accounts/index.ts'
import { hashConcurrency } from '../../src/features/auth/index.ts'
import { ask, type Reach } from './people.ts'
import { onBothOpened } from './reach.ts'

const room = hashConcurrency(availableParallelism()) + passwordLimits.hashQueue

/** Wrong sign-ins at once, each at an address of its own; answers their statuses. */
const crowd = (run: Reach, count: number): Promise<number[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const body = { email: `nobody-${n}@example.com`, password: 'not a password of anybody' }
      return (await ask(run, 'login', body)).status
    }),
  )

async function counted(house: House): Promise<number> {
  const { layout } = storeOf(house, tries.name)
  const text = `select count(*) from "${layout.table}"`
  return Number((await house.engine.query({ text, reads: ['int'] }, []))[0]?.[0])
}

onBothOpened('a crowd is judged as far as there is room; of the rest no try is counted', async ({ run, house }) => {
  const before = await counted(house)

  const statuses = await crowd(run, room + 30)

  const judged = statuses.filter((status) => status === 401).length
  deepEqual(new Set(statuses), new Set([401, 503]))
  ok(judged <= room, `${judged} were judged at once`)
  // One for the address from this network, one for the address from anywhere.
  const perTry = (await counted(house)) - before
  ok(perTry <= 2 * judged, `${perTry} counts for ${judged} tries`)
  deepEqual(new Set(await crowd(run, 5)), new Set([401]), 'then there is room again')
})
