// What the processes of the crash tests run: writers that emit, handlers that note, and a job that does it wrong.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../base/clock.ts'
import type { Runner } from '../../call/feature.ts'
import type { House, Services } from '../../call/house.ts'
import { handle, type Id, integer, resource, text } from '../../define/index.ts'
import { openEngine } from '../../server/engine.ts'
import { createLog } from '../../base/log.ts'
import type { Engine } from '../../store/contract.ts'
import { houseJob } from '../jobs/index.ts'
import { startWorker } from '../jobs/worker.ts'
import { inTransaction, openVersion, posted, type PostId } from './test_app.ts'
import { start } from './turn.ts'

/** What was emitted, written in the same transaction. */
export const made = resource('made', { fields: { n: integer() }, allow: {} })
/** What the handler did, with the number it was told before it for the same post. */
export const done = resource('done', {
  fields: { post: text(), n: integer(), number: integer(), before: integer() },
  allow: {},
  index: [['post', 'number']],
})
/** What the control did. */
export const apart = resource('apart', { fields: { n: integer() }, allow: {} })

export const follow = handle(posted, 'follow', async ({ event: { of, number, data }, tx }) => {
  const [last] = await tx.find(done, { post: of }, { sort: '-number', limit: 1 })
  await tx.create(done, { post: of, n: data.n, number, before: last?.number ?? 0 })
})

/** Who wants to hear that the control has done its work and not ended yet. */
export const heard = { apart: (): void => {} }

/** The control: its effect commits before, and apart from, the end of the job. */
export const doApart = houseJob('crash.apart', {
  input: { n: integer() },
  run: async ({ house, input }) => {
    await inTransaction(house, (tx) => tx.create(apart, { n: input.n }))
    heard.apart()
    await sleep(60)
  },
})

export const parts = { posted, made, done, apart, follow, doApart }

/** The database of a crash test, opened by one of its processes. */
export const openFor = (databaseUrl: string): Promise<Engine> =>
  openEngine({ databaseUrl, production: false, log: createLog({ level: 'error', name: 'crash' }) })

/** Opens the house of a process. */
export const houseFor = (engine: Engine, name: string, services: Services): Promise<House> =>
  openVersion(engine, parts, { clock: systemClock, services, name })

/** Short enough for a test: who is gone is missed after a moment. */
const BRIEF = { leaseMs: 1_000, heartbeatMs: 250, pollMs: 100 }

/** Begins all that runs beside calls. */
export async function startAll(house: House): Promise<Runner> {
  const runners = [await start(house), startWorker(house, BRIEF)]
  return {
    stop: async () => {
      await Promise.all(runners.map((runner) => runner.stop()))
    },
  }
}

/**
 * Emits for ever, some at once; every tenth transaction tells a negative number and is rolled back. Numbers begin at
 * `from`, so that no two lives of a process tell the same.
 */
export async function emitForEver(house: House, rows: readonly Id<'posts'>[], from: number): Promise<never> {
  const next = { n: from }
  const write = async (): Promise<never> => {
    for (;;) {
      const n = next.n++
      await emitOne(house, rows[n % rows.length]!, n).catch(() => {})
      await sleep(3)
    }
  }
  await Promise.all(Array.from({ length: 4 }, write))
  throw new Error('writers do not end')
}

function emitOne(house: House, row: PostId, n: number): Promise<void> {
  const isUndone = n % 10 === 0
  return inTransaction(house, async (tx) => {
    await tx.create(made, { n: isUndone ? -n : n })
    await tx.emit(posted, row, { n: isUndone ? -n : n })
    await tx.enqueue(doApart, { n: isUndone ? -n : n })
    if (isUndone) throw new Error('rolled back')
  })
}
