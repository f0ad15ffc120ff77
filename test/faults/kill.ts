// The kill trial: a server under load is killed at any instant, again and again, and its successor must know it all.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../src/base/random.ts'
import { judge, type Step } from './history.ts'
import { Load } from './lanes.ts'
import { readOverHttp } from './read_rows.ts'
import { directoryFor, startServer, type Server } from './server.ts'
import type { Fault } from './server_child.ts'

export interface KillOptions {
  readonly fault?: Fault
  readonly cycles: number
  readonly seed: number
  /** Enough is seen after so much that is wrong. */
  readonly enough?: number
}

export interface Killed {
  readonly cycles: number
  /** Answers that clients had in hand when the server died. */
  readonly told: number
  readonly wrong: readonly string[]
}

const LANES = 8
/** No cycle gets so far; its server dies first. */
const REQUESTS = 10_000
/** One kill of so many comes while the server starts. */
const DURING_START = 4
const LONGEST_START_MS = 600
const LONGEST_LOAD_MS = 120
const LONGEST_WAIT_MS = 30_000
/** What is wrong once is wrong for every later cycle too. */
const REASONS = 10

/** Kills servers of one database. The clients keep the log of what they were told. */
export async function killOften(t: TestContext, options: KillOptions): Promise<Killed> {
  const { fault = 'sound', cycles, seed, enough = 1 } = options
  const file = join(directoryFor(t), 'data', 'app.db')
  const random = seededRandom(seed)
  const steps: Step[] = []
  const wrong: string[] = []
  let cycle = 0
  for (; cycle < cycles && wrong.length < enough; cycle++) {
    const server = startServer(t, { file, fault })
    if (cycle % DURING_START === DURING_START - 1) await killed(server, random.fraction() * LONGEST_START_MS)
    else {
      const origin = await server.up
      wrong.push(...(await lookBack(origin, steps, cycle)))
      const load = new Load({
        origin,
        seed: seed + cycle,
        requests: REQUESTS,
        prefix: `c${cycle}`,
        firstNumber: steps.length,
      })
      const running = load.run(LANES)
      await firstTold(load)
      await killed(server, random.fraction() * LONGEST_LOAD_MS)
      await running
      steps.push(...load.steps)
    }
  }
  const last = startServer(t, { file, fault })
  wrong.push(...(await lookBack(await last.up, steps, cycle)))
  await killed(last, 0)
  return {
    cycles: cycle,
    told: steps.filter(({ answer }) => answer !== undefined).length,
    wrong: wrong.slice(0, REASONS),
  }
}

/** What must be true of a sound server. */
export async function survivesKills(t: TestContext, options: KillOptions): Promise<void> {
  const { cycles, told, wrong } = await killOften(t, options)

  t.diagnostic(`${cycles} kills, ${told} answers told`)
  assert.deepEqual(wrong, [], `seed ${options.seed}`)
  assert.ok(told > cycles, `only ${told} answers were told in ${cycles} cycles`)
}

async function lookBack(origin: string, steps: readonly Step[], cycle: number): Promise<string[]> {
  const told = new Set(steps.filter(({ answer }) => answer !== undefined).map(({ number }) => number))
  const why = judge(steps, { isTold: (step) => told.has(step) }, await readOverHttp(origin))
  return why.map((one) => `cycle ${cycle}: ${one}`)
}

/** A machine that has much to do may take longer for its first answer than a load lasts. */
async function firstTold({ steps }: Load): Promise<void> {
  const began = performance.now()
  const isTold = (): boolean => steps.some(({ answer }) => answer !== undefined)
  while (!isTold() && performance.now() - began < LONGEST_WAIT_MS) await sleep(1)
}

async function killed(server: Server, afterMs: number): Promise<void> {
  await sleep(afterMs)
  server.process.kill('SIGKILL')
  await server.ended
}
