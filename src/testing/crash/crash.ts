// The same test again and again, the process killed at another point each time; then what must hold is asked.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Broken } from '../../call/invariants.ts'
import { type Client, connect } from '../../client/index.ts'
import type { Fetch } from '../../client/send.ts'
import type { App } from '../../define/app.ts'
import type { Who } from '../who.ts'
import { secret, tokenFor } from './people.ts'
import { RestartingServer } from './restarting_server.ts'

/** What a crash test works with. */
export interface CrashRun<A> {
  /** A caller who satisfies a rule; the same number is the same person in every run. */
  readonly as: (who: Who, person?: number) => Client<A>
}

export interface CrashOptions {
  /** Points at which to kill, spread evenly over all there are; every one without it. */
  readonly points?: number
  /** Told how far it is. */
  readonly progress?: (done: number, of: number) => void
}

/** What a crash test came to. */
export interface CrashReport {
  /** Points of the work: before and after every statement, at every commit, and once it is on the disk. */
  readonly points: number
  readonly kills: number
}

/** A point at which something was lost or doubled, with all that is needed to see it again. */
export class CrashFailure extends Error {
  override readonly name = 'CrashFailure'
  readonly point: number

  constructor(point: number, what: string, cause?: unknown) {
    super(`killed at point ${point}: ${what}`, cause === undefined ? undefined : { cause })
    this.point = point
  }
}

/**
 * Runs the test once to count the points of its work, then once for each point with the process killed there. Calls
 * that were cut are sent again, with the key they had, to the process that is started in its place: so the test goes on
 * as if nothing had happened, and all that it asserts must hold. The app's invariants are asked right after the kill,
 * and at the end, when jobs and events are settled. `app` is the address of the module whose default export is the app.
 * Fails with CrashFailure.
 */
export async function crash<A extends App>(
  app: URL | string,
  test: (run: CrashRun<A>) => Promise<void>,
  { points, progress = () => {} }: CrashOptions = {},
): Promise<CrashReport> {
  const file = app instanceof URL || app.startsWith('file:') ? fileURLToPath(app) : app
  const all = await once(file, test, undefined)
  const chosen = spread(all, points ?? all)
  for (const [at, point] of chosen.entries()) {
    await once(file, test, point)
    progress(at + 1, chosen.length)
  }
  return { points: all, kills: chosen.length }
}

function spread(all: number, wanted: number): number[] {
  const count = Math.min(all, wanted)
  return Array.from({ length: count }, (_, at) => 1 + Math.floor((at * all) / count))
}

/** One run on a database of its own; answers the points it passed. */
async function once<A extends App>(
  app: string,
  test: (run: CrashRun<A>) => Promise<void>,
  killAt: number | undefined,
): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-crash-'))
  const place = { app, databaseUrl: `sqlite:${join(directory, 'app.db')}`, secret }
  const server = await RestartingServer.start(place)
  try {
    await server.arm(killAt ?? Number.MAX_SAFE_INTEGER)
    await test({ as: callersOf<A>(server) })
    const { passed, broken } = await server.settled()
    if (broken.length > 0) throw new Error(broken.map(told).join('\n'))
    return passed
  } catch (error) {
    throw new CrashFailure(killAt ?? 0, error instanceof Error ? error.message : String(error), error)
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

const told = ({ name, why }: Broken): string => `the invariant "${name}" does not hold: ${why}`

function callersOf<A extends App>(server: RestartingServer): CrashRun<A>['as'] {
  const sent = { count: 0 }
  const once: Fetch = (path, init) => {
    const headers = new Headers(init.headers)
    if (init.method !== 'GET' && !headers.has('idempotency-key')) headers.set('idempotency-key', `call-${++sent.count}`)
    return server.fetch(path, { ...init, headers })
  }
  return (who, person = 1) => {
    const token = tokenFor(who, person)
    return connect<A>('', { fetch: once, ...(token !== undefined && { token }) })
  }
}
