// The power-loss trial: record a whole server under load, then cut the power at every moment and ask what was told.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from './history.ts'
import { Load } from './lanes.ts'
import { readThroughServer } from './read_rows.ts'
import { recordedBy } from './recorder.ts'
import { endRecording, readRecording, type Event } from './recording.ts'
import { replay, type Replayed, type ReplayOptions } from './replay.ts'
import { directoryFor, startServer } from './server.ts'
import type { Fault } from './server_child.ts'

export interface Recording {
  readonly events: readonly Event[]
  readonly steps: readonly Step[]
}

export interface RecordOptions {
  readonly library: string
  readonly fault?: Fault
  /** Requests of both lives together. */
  readonly requests: number
  readonly seed: number
  /** A second server on what the first left, or not; 2 without it. */
  readonly lives?: 1 | 2
  /** Microseconds that every sync takes longer: a disk slow enough for answers to run ahead of it. */
  readonly slowUs?: number
}

/** The database lies in a directory that the server makes: that it is there must be durable too. */
export const FILE = 'data/app.db'
const LANES = 16
const SLOW_US = 1_000
/** Now and then all clients rest, so that the server comes to its idle work, such as cutting the log. */
const REST = { every: 40, ms: 15 }

/**
 * Runs a server from its first start under mixed requests and kills it in the middle of them; what was committed and
 * not synced is then in the cache alone. A second one starts on that, shows all of it, and serves until it is killed.
 */
export async function record(t: TestContext, options: RecordOptions): Promise<Recording> {
  const { library, fault = 'sound', requests, seed, lives = 2, slowUs = SLOW_US } = options
  const directory = directoryFor(t)
  const log = join(directoryFor(t), 'recording')
  const environment = recordedBy({ library, directory, log, slowUs })
  const steps: Step[] = []
  for (const life of ['first', 'second'].slice(0, lives)) {
    const server = startServer(t, { file: join(directory, FILE), fault, environment })
    const half = { requests: Math.ceil(requests / lives), prefix: life, firstNumber: steps.length }
    const load = new Load({ origin: await server.up, seed, rest: REST, ...half })
    if (life === 'second') await load.census()
    const running = load.run(LANES)
    while (load.steps.length < half.requests) await sleep(1)
    server.process.kill('SIGKILL')
    await running
    assert.equal((await server.ended).said, '')
    endRecording(log)
    steps.push(...load.steps)
  }
  const failed = steps.filter(({ answer }) => answer !== undefined && answer.status >= 500)
  assert.deepEqual(failed, [], 'a server with a sound disk fails no request')
  return { events: readRecording(log, directory), steps }
}

export type CutOptions = Pick<ReplayOptions, 'seed' | 'states' | 'enough' | 'losses'>

/** Cuts the power of a recording at its moments; some of what is left is read through a whole server too. */
export function cutPower(t: TestContext, recording: Recording, options: CutOptions): Promise<Replayed> {
  // Each state is written and read once; a disk under it would only be slower.
  const memory = '/dev/shm'
  const scratch = directoryFor(t, existsSync(memory) ? memory : tmpdir())
  return replay({ ...recording, ...options, file: FILE, scratch, look: { every: 100, read: readThroughServer } })
}

/** What must be true of a sound server: `states` power cuts, and none of them lost or made up anything. */
export async function losesNothing(
  t: TestContext,
  options: RecordOptions & { readonly states: number },
): Promise<void> {
  const recording = await record(t, options)

  const { states, withTold, looks, wrong } = await cutPower(t, recording, options)

  t.diagnostic(`${states} states of ${recording.events.length} events, ${looks} of them read through a whole server`)
  assert.deepEqual(wrong, [], `seed ${options.seed}: ${wrong.length} of ${states} states are wrong`)
  // The rest is cut while the tables are made, before anybody asks for anything; more tables are more of it.
  assert.ok(withTold > states / 2, `only in ${withTold} of ${states} states had anybody been told anything`)
}
