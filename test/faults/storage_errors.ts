// The trial of failing system calls: an error of the disk ends the server, a full disk does not.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { judge, type Step } from './history.ts'
import { Load } from './lanes.ts'
import { readOverHttp } from './read_rows.ts'
import { directoryFor, startServer, type Ending, type ServerOptions } from './server.ts'
import { readTrace, strace, type Injection, type Traced } from './strace.ts'

export interface ErrorOptions {
  readonly injection: Injection
  readonly seed: number
  readonly requests: number
}

export interface Hurt {
  readonly file: string
  readonly steps: readonly Step[]
  readonly ending: Ending
  readonly trace: Traced
}

const LANES = 8
const LONGEST_END_S = 15
/** Long after the last request for a server that is to survive it. */
const SURVIVES_S = 1

type HurtOptions = ErrorOptions & Pick<ServerOptions, 'fault'> & { readonly survives: boolean }

/** Runs a server whose calls fail as injected; one that survives is killed after its requests. */
export async function hurt(t: TestContext, options: HurtOptions): Promise<Hurt> {
  const { injection, seed, requests, fault = 'sound', survives } = options
  const directory = directoryFor(t)
  const file = join(directory, 'app.db')
  const log = join(directory, 'strace.log')
  // One thread makes the syncs, so that the count of its calls is the count of syncs.
  // The audit's anchor is another file, whose failed sync is tried again and ends nothing: it would be counted too.
  const environment = { UV_THREADPOOL_SIZE: '1', AUDIT_ANCHOR: '/proc/no-anchor' }
  const server = startServer(t, { file, fault, environment, under: strace(log, injection) })
  const origin = await server.up.catch(() => undefined)
  const load = origin === undefined ? undefined : new Load({ origin, seed, requests, prefix: 'e' })
  await load?.run(LANES)
  await server.stop((survives ? SURVIVES_S : LONGEST_END_S) * 1_000)
  const ending = await server.ended
  return { file, steps: load?.steps ?? [], ending, trace: readTrace(log) }
}

/** An error that may hide a lost write ends the process with 70, soon, and nothing that was told is missing after. */
export async function endsAtError(t: TestContext, options: ErrorOptions): Promise<void> {
  const { file, steps, ending, trace } = await hurt(t, { ...options, survives: false })

  t.diagnostic(`${options.injection}: ended with ${ending.code} after ${steps.length} requests`)
  assert.equal(ending.code, 70, ending.said)
  assert.match(ending.said, /^[^\n]+\n$/)
  assert.ok((trace.endedAfterS ?? Infinity) < LONGEST_END_S, `${trace.endedAfterS} s after the failure`)
  assert.equal(trace.yesAfterNo, 0)
  await showsWhatWasTold(t, file, steps)
}

/** A disk that is full now and then is refused with 507, and the server goes on. */
export async function outlivesFullDisk(t: TestContext, options: ErrorOptions): Promise<void> {
  const { file, steps, ending, trace } = await hurt(t, { ...options, survives: true })

  const refused = steps.filter(({ answer }) => answer?.status === 507).length
  t.diagnostic(`${options.injection}: ${trace.failures} failures, ${refused} of ${steps.length} requests refused`)
  assert.equal(ending.signal, 'SIGKILL', `it ended by itself: ${ending.said}`)
  assert.ok(refused > 0)
  assert.deepEqual(
    steps.filter(({ answer }) => answer === undefined || [500, 503].includes(answer.status)),
    [],
  )
  await showsWhatWasTold(t, file, steps)
}

async function showsWhatWasTold(t: TestContext, file: string, steps: readonly Step[]): Promise<void> {
  const told = new Set(steps.filter(({ answer }) => answer !== undefined).map(({ number }) => number))
  const server = startServer(t, { file })
  const rows = await readOverHttp(await server.up)
  assert.deepEqual(judge(steps, { isTold: (step) => told.has(step) }, rows), [])
}
