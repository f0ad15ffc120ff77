// The fail-stop trial: one sync of a server's life fails, and from then on it must say nothing that is not so.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Loss } from './disk.ts'
import type { Step } from './history.ts'
import { Connection, Load } from './lanes.ts'
import { cutPower, FILE } from './power_loss.ts'
import { recordedBy } from './recorder.ts'
import { endRecording, readRecording, type Event } from './recording.ts'
import type { Wrong } from './replay.ts'
import { directoryFor, startServer, type Ending } from './server.ts'
import type { Fault } from './server_child.ts'

export interface FailStopOptions {
  readonly library: string
  readonly fault?: Fault
  /** Number of the sync that fails, counted from the start of the process. */
  readonly failing: number
  readonly seed: number
  /** Power cuts: what the failed sync left in the cache alone must not have been told to anybody. */
  readonly states?: number
  readonly losses?: readonly Loss[]
  readonly enough?: number
}

const LANES = 16
/** Enough of them for the sync to come: many answers share one. */
const REQUESTS_PER_SYNC = 12
const FEWEST_REQUESTS = 60
const REQUESTS_AFTER = 40
/** EX_SOFTWARE: the storage failed. */
const STORAGE_FAILED = 70
const LONGEST_END_NS = 2_000_000_000n

export interface Failed {
  readonly ending: Ending
  readonly failure: Extract<Event, { kind: 'failed' }>
  /** Everything until the end of the server whose sync failed. */
  readonly before: readonly Event[]
  readonly steps: readonly Step[]
  /** States that a power cut may leave, then or in the life of the next server, and that miss something told. */
  readonly wrong: readonly Wrong[]
}

/** Runs a server whose sync fails, then a second one on what the first left; then cuts the power at every moment. */
export async function failOnce(t: TestContext, options: FailStopOptions): Promise<Failed> {
  const place = { directory: directoryFor(t), log: join(directoryFor(t), 'recording') }
  const { steps, ending } = await failed(t, options, place)
  endRecording(place.log)
  const before = readRecording(place.log, place.directory)
  const failure = before.find((event) => event.kind === 'failed')
  assert.ok(failure, `there was no sync number ${options.failing}`)
  const later = await succeeded(t, options, place, steps.length)
  const recording = { events: readRecording(place.log, place.directory), steps: [...steps, ...later] }
  const { wrong } = await cutPower(t, recording, options)
  return { ending, failure, before, steps, wrong }
}

/** A server whose disk fails once ends with 70, and its successor has all that was told, also after a power cut. */
export async function stopsAtFailure(t: TestContext, options: FailStopOptions): Promise<void> {
  const { ending, failure, before, steps, wrong } = await failOnce(t, options)

  const isSurvived = ending.signal === 'SIGKILL'
  const told = steps.filter(({ answer }) => answer !== undefined && answer.status < 300).length
  const lateMs = (ending.ns - failure.ns) / 1_000_000n
  const outcome = isSurvived ? 'it went on' : `the end came ${lateMs} ms later`
  t.diagnostic(`sync ${options.failing} failed after ${told} answers; ${outcome}`)
  if (isSurvived) assert.ok(mayBeSurvived(before, failure), 'a failed sync of the database was survived')
  else {
    assertEnd(ending, failure.ns)
    saysNoForEver(before, steps.length > 0)
  }
  assert.deepEqual(wrong, [], `sync ${options.failing} failed, seed ${options.seed}`)
}

function assertEnd({ code, said, ns }: Ending, failedNs: bigint): void {
  assert.equal(code, STORAGE_FAILED, said)
  assert.match(said, /^(storage failed, the process ends|plinth): [^\n]*\n$/)
  assert.ok(ns - failedNs < LONGEST_END_NS, `it ended ${ns - failedNs} ns later`)
}

// SQLite passes over a failed sync of a directory after it made a file there. We sync it once more before anything is
// told; whether that is enough is what the power cuts ask. A failed sync of the audit's anchor is tried again.
function mayBeSurvived(events: readonly Event[], { inode }: { readonly inode: number }): boolean {
  return events.some(
    (event) =>
      event.kind === 'created' && event.inode === inode && (event.isDirectory || event.path.endsWith('.audit.jsonl')),
  )
}

interface Place {
  readonly directory: string
  readonly log: string
}

type First = { readonly steps: readonly Step[]; readonly ending: Ending }

async function failed(t: TestContext, options: FailStopOptions, place: Place): Promise<First> {
  const { library, failing, fault = 'sound', seed } = options
  const environment = recordedBy({ library, ...place, failing })
  const server = startServer(t, { file: join(place.directory, FILE), fault, environment })
  const origin = await server.up.catch(() => undefined)
  if (origin === undefined) return { steps: [], ending: await server.ended }
  const requests = FEWEST_REQUESTS + failing * REQUESTS_PER_SYNC
  const load = new Load({ origin, seed, requests, prefix: 'first' })
  const over = new AbortController()
  const readiness = askReadiness(origin, over.signal)
  await load.run(LANES)
  over.abort()
  await readiness
  await server.stop(Number(LONGEST_END_NS / 1_000_000n)) // it is on its way out, unless it has survived
  return { steps: load.steps, ending: await server.ended }
}

// Its answers are in the recording.
async function askReadiness(origin: string, over: AbortSignal): Promise<void> {
  const connection = new Connection(origin)
  while (!over.aborted && (await connection.ask({ method: 'GET', path: '/ready' })) !== undefined);
  connection.close()
}

async function succeeded(t: TestContext, options: FailStopOptions, place: Place, firstNumber: number) {
  const { library, fault = 'sound', seed } = options
  const environment = recordedBy({ library, ...place })
  const server = startServer(t, { file: join(place.directory, FILE), fault, environment })
  const load = new Load({ origin: await server.up, seed, requests: REQUESTS_AFTER, prefix: 'second', firstNumber })
  await load.census()
  await load.run(LANES)
  server.process.kill('SIGKILL')
  await server.ended
  endRecording(place.log)
  return load.steps
}

// Between the failure and the moment the server hears of it, answers may leave that an earlier sync has made true.
// Whether they were true is what the power cuts ask. Once it has said no, it may never say yes again.
function saysNoForEver(events: readonly Event[], wasServing: boolean): void {
  const failure = events.findIndex(({ kind }) => kind === 'failed')
  const heads = events.slice(failure).flatMap((event) => (event.kind === 'answered' ? [event.head] : []))
  const no = heads.findIndex((head) => head.startsWith('HTTP/1.1 503 '))
  if (wasServing) assert.ok(no >= 0, 'the calls under way, and readiness, are refused before the end')
  assert.deepEqual(
    heads.slice(Math.max(no, 0)).filter((head) => head.startsWith('HTTP/1.1 2')),
    [],
  )
}
