// Starts a server of the fault tests in a process of its own, and says how that process ended.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { TestContext } from 'node:test'
import { processFlags } from '../../src/base/process_flags.ts'
import { cleanUp } from './clean_up.ts'
import type { Fault } from './server_child.ts'

const CHILD = join(import.meta.dirname, 'server_child.ts')
const RAW_CHILD = join(import.meta.dirname, 'raw_child.ts')
/** Compiling the sources is more than half of a start, and these tests start many. */
const COMPILED = join(import.meta.dirname, '..', '..', '.plinth', 'compile-cache')
const UP = / is up on (http:\/\/\S+)/

export interface ServerOptions {
  readonly file: string
  readonly fault?: Fault | 'raw'
  readonly environment?: Readonly<Record<string, string>>
  /** What runs the process: `strace` and its options. */
  readonly under?: readonly string[]
  /** Options of Node itself. */
  readonly flags?: readonly string[]
}

/** How a process ended; `said` is what it wrote to its standard error. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly said: string
  /** When, in nanoseconds of `process.hrtime.bigint()`. */
  readonly ns: bigint
}

export interface Server {
  readonly process: ChildProcess
  /** Its address, once it serves. Fails when it ends before. */
  readonly up: Promise<string>
  readonly ended: Promise<Ending>
  /** Kills it, and what it runs under, after so many milliseconds unless it ends before. */
  stop(afterMs: number): Promise<void>
}

/** Starts a server on a database file; it does not outlive the test. */
export function startServer(t: TestContext, options: ServerOptions): Server {
  const { file, fault = 'sound', environment = {}, under = [], flags = [] } = options
  const [program, ...rest] = [...under, execPath]
  const script = fault === 'raw' ? [RAW_CHILD, file] : [CHILD, fault]
  const child = spawn(program ?? execPath, [...rest, ...processFlags, ...flags, ...script], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'development',
      DATABASE_URL: `sqlite:${file}`,
      PLINTH_SECRET: 'the secret of the servers under fault',
      PORT: '0',
      LOG_LEVEL: 'warn',
      RATE_LIMIT: 'off',
      NODE_COMPILE_CACHE: COMPILED,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Killing `strace` alone would leave what it traces alive.
    detached: under.length > 0,
  })
  const said = { out: '', error: '' }
  const up = Promise.withResolvers<string>()
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
    const address = UP.exec(said.out)?.[1]
    if (address !== undefined) up.resolve(address)
  })
  child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
  const exited = once(child, 'exit').then(() => process.hrtime.bigint())
  const ended = once(child, 'close').then(async ([code, signal]): Promise<Ending> => {
    up.reject(new Error(`the server ended with ${code ?? signal}: ${said.error}${said.out}`))
    return { code, signal, said: said.error, ns: await exited }
  })
  cleanUp(t, () => {
    end(child, under.length > 0)
    return ended
  })
  up.promise.catch(() => {}) // a server that is meant to fail is not waited for
  const stop = async (afterMs: number): Promise<void> => {
    const late = setTimeout(() => end(child, under.length > 0), afterMs)
    await ended
    clearTimeout(late)
  }
  return { process: child, up: up.promise, ended, stop }
}

function end(child: ChildProcess, isGroup: boolean): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL')
}

/** An empty directory that goes with the test: absolute, without links. */
export function directoryFor(t: TestContext, below = tmpdir()): string {
  const directory = realpathSync(mkdtempSync(join(below, 'plinth-faults-')))
  cleanUp(t, () => rmSync(directory, { recursive: true, force: true }))
  return directory
}
