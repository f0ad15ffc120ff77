// A process for the tests to kill and to stop: a worker that says what it begins, completes, and is refused.
import { argv } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../base/clock.ts'
import { createLog } from '../../base/log.ts'
import { systemRandom } from '../../base/random.ts'
import { createKeyring } from '../../base/seal.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { App } from '../../define/app.ts'
import { app, integer, job, resource, schedule, text, type Tx } from '../../define/index.ts'
import { openEngine } from '../../server/engine.ts'
import { modelOf } from '../../server/features.ts'
import { openHouse } from '../../server/house.ts'
import { prepareSchema } from '../../store/migrate/index.ts'
import { tablesOf } from '../../store/tables.ts'
import { everyJob } from './test_queue.ts'
import { startWorker, type WorkerSettings } from './worker.ts'

/** What the child tells its parent. */
export interface Said {
  readonly event: 'begin' | 'done' | 'refused'
  readonly key: string
  readonly pid: number
  readonly attempt: number
  /** Name of the error that a completion was refused with. */
  readonly why?: string
}

export interface ChildOptions {
  readonly databaseUrl: string
  readonly settings: Partial<WorkerSettings>
  /** How long a job holds its worker, before or inside the transaction that finishes it. */
  readonly holdMs: number
  readonly inside: boolean
  /** The control: effects are written without asking whose the job is. */
  readonly unfenced: boolean
  /** Jobs that are promised at the start, where they were not before. */
  readonly promise: readonly string[]
  /** A schedule makes a job each second. */
  readonly ticks?: boolean
  /** Unique keys that every process promises a job for, all at once. */
  readonly race?: readonly string[]
}

export const effects = resource('effects', { fields: { key: text(), attempt: integer() }, allow: {} })

const say = (event: Said['event'], key: string, attempt: number, why?: string): void =>
  void process.send?.({ event, key, pid: process.pid, attempt, ...(why !== undefined && { why }) } satisfies Said)

type Modes = Pick<ChildOptions, 'holdMs' | 'inside' | 'unfenced' | 'ticks'>

/** The app of these tests: one job whose effect must be there once, and one that kills its worker. */
export function lossApp({ holdMs, inside, unfenced, ticks = false }: Modes) {
  const effect = job('effect', {
    input: { key: text() },
    async run({ input: { key }, attempt, finish, id }) {
      say('begin', key, attempt)
      const take = async (tx: Tx): Promise<void> => {
        await tx.create(effects, { key, attempt })
        if (inside) await sleep(holdMs)
      }
      try {
        if (!inside) await sleep(holdMs)
        if (unfenced) await unguarded.current?.(take, id)
        else await finish(take)
        say('done', key, attempt)
      } catch (error) {
        say('refused', key, attempt, error instanceof Error ? error.name : String(error))
        throw error
      }
    },
  })
  const killer = job('killer', {
    input: { key: text() },
    attempts: 3,
    async run({ input: { key }, attempt }) {
      say('begin', key, attempt)
      await sleep(20) // the message leaves
      process.kill(process.pid, 'SIGKILL')
    },
  })
  const tick = job('tick', { queue: 'ticks', run: ({ finish }) => finish(async () => {}) })
  const eachSecond = schedule('each-second', { cron: '* * * * * *', job: tick })
  const parts = { effects, effect, killer, tick }
  return app('loss', ticks ? { ...parts, eachSecond } : parts, { queues: { default: 1 } })
}

const unguarded: { current?: (work: (tx: Tx) => Promise<void>, id: string) => Promise<void> } = {}

/** The house of a child, or of the test beside it. */
export async function houseAt(databaseUrl: string, of: App): Promise<House> {
  const log = createLog({ level: 'silent' })
  const engine = await openEngine({ databaseUrl, production: true, log })
  const keys = createKeyring('x'.repeat(32))
  return openHouse({ model: modelOf(of), engine, clock: systemClock, random: systemRandom, keys, log, services: {} })
    .house
}

export const deed = { operation: 'test', caller: noOne, origin: fromInside }

async function run(options: ChildOptions): Promise<void> {
  const of = lossApp(options)
  const house = await houseAt(options.databaseUrl, of)
  unguarded.current = (work) => transact(house, deed, { isolation: 'locked', deadlineMs: 15_000 }, work)
  const { effect } = of.parts
  const { engine, model } = house
  // Where it promises nothing, whoever started it has made the tables.
  if (options.promise.length > 0) await prepareSchema(engine, tablesOf(model), { auto: true })
  const known = new Set((await everyJob(house)).map(({ input }) => String(Object(input).key)))
  for (const key of options.promise) {
    if (!known.has(key)) await transact(house, deed, {}, (tx) => tx.enqueue(effect, { key }))
  }
  const later = { delayMs: 3_600_000 }
  const keys = (options.race ?? []).values()
  const promise = async (): Promise<void> => {
    for (const unique of keys)
      await transact(house, deed, {}, (tx) => tx.enqueue(effect, { key: unique }, { unique, ...later }))
  }
  // More than its connections, so that they meet; not so many that a slow machine refuses to let them wait.
  await Promise.all(Array.from({ length: 30 }, promise))
  if (options.race !== undefined) say('done', 'race', 0)
  const worker = startWorker(house, options.settings)
  process.on('message', () => void worker.stop().then(() => process.exit(0)))
  process.on('disconnect', () => process.exit(0))
}

const [, self, options] = argv
if (self !== undefined && import.meta.filename === self && options !== undefined) await run(JSON.parse(options))
