// D9 in short and in full: a dead worker's job runs again within its lease, and a paused one can never commit.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { postgresForTests } from '../../../test/postgres.ts'
import { jobLimits, postgresLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import { prepareSchema } from '../../store/migrate/index.ts'
import { tablesOf } from '../../store/tables.ts'
import { type Cycle, cycle, type Harm, type Herd, herd } from './test_loss.ts'
import { everyJob } from './test_queue.ts'
import { type ChildOptions, deed, effects, houseAt, lossApp } from './test_worker_child.ts'

interface Bounds {
  readonly leaseMs: number
  /** Beyond the lease, until the job has begun again. */
  readonly slackMs: number
}

export interface LossOptions extends Bounds {
  readonly title: string
  readonly stopMs: number
  readonly cycles: number
  /** Jobs that are harmed at once. */
  readonly lanes: number
  readonly inside: boolean
}

const modes: readonly Harm[] = ['kill', 'stop']

/** Registers the test. */
export function lossTests(options: LossOptions): void {
  void describe(options.title, () => {
    void test('each job runs again within the lease, and takes effect once', async (t) => {
      const scene = await open({ ...options, unfenced: false })
      if ('skip' in scene) return t.skip(scene.skip)
      try {
        const cycles = await run(scene, options)
        await judge(scene.house, cycles, options)
        t.diagnostic(told(cycles, options))
      } finally {
        await scene.close()
      }
    })
  })
}

/** The control: with effects that do not ask whose the job is, the same harm doubles them. */
export function lossControl(options: LossOptions): void {
  void test(`${options.title}: the control doubles effects`, async (t) => {
    const scene = await open({ ...options, lanes: 1, unfenced: true })
    if ('skip' in scene) return t.skip(scene.skip)
    try {
      const cycles = await run(scene, { ...options, cycles: 1, lanes: 1 }, ['stop'])
      await assert.rejects(judge(scene.house, cycles, options), /took effect 2 times/)
    } finally {
      await scene.close()
    }
  })
}

/** A job that kills its worker is set aside once its attempts are used up, and the queue goes on. */
export function poisonTest(options: LossOptions): void {
  void test(`${options.title}: a job that kills its worker is set aside`, async (t) => {
    const scene = await open({ ...options, unfenced: false })
    if ('skip' in scene) return t.skip(scene.skip)
    const { house, workers, parts } = scene
    try {
      await transact(house, deed, {}, (tx) => tx.enqueue(parts.killer, { key: 'poison' }))
      await workers.hear(({ key, attempt }) => key === 'poison' && attempt === 3, 3 * options.leaseMs + 40_000)
      await transact(house, deed, {}, (tx) => tx.enqueue(parts.effect, { key: 'after' }))
      await workers.hear(({ key, event }) => key === 'after' && event === 'done', options.leaseMs + 40_000)
      for (let waits = 0; waits < 200 && (await killed(house)) === 'running'; waits++) {
        await sleep(50)
      }
      assert.equal(await killed(house), 'dead')
    } finally {
      await scene.close()
    }
  })
}

const killed = async (house: House): Promise<string | undefined> =>
  (await everyJob(house)).find(({ name }) => name === 'killer')?.state

const alone: LossOptions = {
  title: 'three processes',
  leaseMs: 2_000,
  stopMs: 3_000,
  slackMs: 5_000,
  cycles: 1,
  lanes: 1,
  inside: false,
}

/** A schedule of every second, in three processes of which one is killed or stands still all the time. */
export function ticksTest(seconds: number): void {
  void test(`three processes make each of ${seconds} seconds once, whoever is killed or stopped`, async (t) => {
    const scene = await open({ ...alone, unfenced: false, ticks: true })
    if ('skip' in scene) return t.skip(scene.skip)
    const { house, workers } = scene
    try {
      await sleep(3_000)
      for (let n = 0; n < seconds / 5; n++) {
        const pid = workers.pids()[n % 3] ?? 0
        workers.signal(pid, n % 2 === 0 ? 'SIGSTOP' : 'SIGKILL')
        await sleep(4_000)
        workers.signal(pid, 'SIGCONT')
        await sleep(1_000)
      }
      await sleep(3_000)
      const ticks = (await everyJob(house)).map(({ holds }) => Date.parse((holds ?? '').slice('@each-second '.length)))
      const [first = 0] = ticks
      const expected = ticks.map((_, at) => first + at * 1_000)
      assert.ok(ticks.length >= seconds, `${ticks.length} ticks`)
      assert.deepEqual(
        ticks.toSorted((a, b) => a - b),
        expected,
      )
    } finally {
      await scene.close()
    }
  })
}

/** Three processes promise the same unique jobs at the same time. */
export function raceTest(keys: number): void {
  void test(`three processes promise ${keys} unique jobs at once, and each is there once`, async (t) => {
    const race = Array.from({ length: keys }, (_, n) => `key ${n}`)
    const scene = await open({ ...alone, unfenced: false, race })
    if ('skip' in scene) return t.skip(scene.skip)
    try {
      const done = new Set<number>()
      for (let n = 0; n < 3; n++)
        done.add((await scene.workers.hear(({ key, pid }) => key === 'race' && !done.has(pid), 120_000)).pid)
      const found = (await everyJob(scene.house)).map(({ unique }) => unique)
      assert.deepEqual([found.length, new Set(found)], [keys, new Set(race)])
    } finally {
      await scene.close()
    }
  })
}

/** One process that owns its database is killed in the middle of every job; each goes on with the next start. */
export function restartTest(kills: number): void {
  void test(`a process on SQLite is killed ${kills} times in the middle of a job`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-jobs-'))
    const databaseUrl = `sqlite:${join(folder, 'app.db')}`
    const keys = Array.from({ length: kills }, (_, n) => `kill ${n}`)
    // Long enough for the kill to come first, on a machine with much else to do too.
    const modes = { holdMs: 2_000, inside: false, unfenced: false }
    const worker = herd({ databaseUrl, settings: {}, ...modes, promise: keys }, 1)
    const cycles: Cycle[] = []
    const options = { leaseMs: jobLimits.leaseMs, slackMs: 5_000, stopMs: 0 }
    try {
      for (const key of keys) {
        cycles.push(await cycle(worker, { key, harm: 'kill', promise: async () => undefined }, options))
      }
    } finally {
      await worker.end()
    }
    const house = await houseAt(databaseUrl, lossApp(modes))
    await judge(house, cycles, options)
    t.diagnostic(told(cycles, options))
    await house.engine.close()
    await rm(folder, { recursive: true })
  })
}

interface Scene {
  readonly house: House
  readonly parts: ReturnType<typeof lossApp>['parts']
  readonly workers: Herd
  readonly close: () => Promise<void>
}

type Opening = LossOptions & Pick<ChildOptions, 'unfenced' | 'ticks' | 'race'>

async function open(options: Opening): Promise<Scene | { readonly skip: string }> {
  const database = await postgresForTests()
  if ('skip' in database) return database
  const { leaseMs, inside, unfenced, ticks = false, race } = options
  const settings = { leaseMs, heartbeatMs: leaseMs / 4, pollMs: Math.min(leaseMs / 20, 1_000) }
  const modes = { holdMs: 400, inside, unfenced, ticks, promise: [] }
  const child: ChildOptions = { databaseUrl: database.url, settings, ...modes, ...(race && { race }) }
  const of = lossApp(child)
  const house = await houseAt(database.url, of)
  const { engine, model } = house
  await prepareSchema(engine, tablesOf(model), { auto: true })
  // A spare for each that is harmed, so that there is always one with room.
  const workers = herd(child, options.lanes * 2 + 1)
  return {
    house,
    parts: of.parts,
    workers,
    close: async () => {
      await workers.end()
      await engine.close()
      await database.drop()
    },
  }
}

async function run(scene: Scene, options: LossOptions, harms = modes): Promise<Cycle[]> {
  const { house, parts, workers } = scene
  const left = Array.from({ length: options.cycles }, (_, n) =>
    harms.map((harm) => ({ harm, key: `${harm} ${n}` })),
  ).flat()
  const done: Cycle[] = []
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { key, harm } = next
      const promise = (): Promise<string> => transact(house, deed, {}, (tx) => tx.enqueue(parts.effect, { key }))
      done.push(await cycle(workers, { key, harm, promise }, options))
    }
  }
  await Promise.all(Array.from({ length: options.lanes }, lane))
  return done
}

async function judge(house: House, cycles: readonly Cycle[], { leaseMs, slackMs }: Bounds): Promise<void> {
  const rows = await transact(house, deed, {}, (tx) => tx.find(effects, {}, { limit: 1_000 }))
  const jobs = await everyJob(house)
  for (const { key, againMs, harm, refusedBy } of cycles) {
    const times = rows.filter((row) => row.key === key).length
    const found = jobs.find(({ input }) => Object(input).key === key)
    assert.equal(times, 1, `${key} took effect ${times} times`)
    assert.deepEqual([found?.state, found?.attempt], ['done', 2], key)
    // One that stands still in the middle of a statement holds its rows until PostgreSQL ends its session.
    const goneMs = harm === 'stop' ? Math.max(leaseMs, postgresLimits.idleInTransactionMs) : leaseMs
    assert.ok(againMs <= goneMs + slackMs, `${key} ran again after ${againMs.toFixed(0)} ms`)
    assert.notEqual(refusedBy, harm === 'stop' ? 'nothing' : '', `${key}: the stopped worker's completion was taken`)
  }
}

function told(cycles: readonly Cycle[], { leaseMs }: Bounds): string {
  const sorted = cycles.map(({ againMs }) => againMs / leaseMs).toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2)
  const refused = Map.groupBy(
    cycles.flatMap(({ refusedBy }) => refusedBy ?? []),
    (name) => name,
  )
  const names = [...refused].map(([name, all]) => `${all.length} ${name}`).join(', ')
  return `${cycles.length} harmed; begun again after (in leases) p50 ${at(0.5)}, max ${at(1)}; refused: ${names}`
}
