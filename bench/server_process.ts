// One server under test: started in a session of its own on core 0, asked until it answers, stopped whole.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { pinned } from './machine.ts'

const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 30_000
/** Fine enough to measure starts of a tenth of a second, coarse enough not to slow them. */
const ASK_EVERY_MS = 3
const LOOP_DEADLINE_MS = 5_000
const LOOP_DELAY = new URL('load/loop_delay.mjs', import.meta.url).href

export interface Command {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export class ServerProcess {
  readonly origin: string
  readonly child: ChildProcess
  readonly pid: number
  private readonly name: string
  private readonly loopFile: string
  private readonly startedAt = performance.now()

  /** Starts the server. Its log goes nowhere, but is written; what it complains of goes to `logFile`. */
  constructor(name: string, command: Command, port: number, logFile: string) {
    const [program = '', ...argv] = pinned(0, command.argv)
    const log = openSync(logFile, 'w')
    this.name = name
    this.loopFile = `${logFile}.loop`
    this.origin = `http://127.0.0.1:${port}`
    this.child = spawn(program, argv, {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        ...command.environment,
        PORT: String(port),
        NODE_OPTIONS: `--import=${LOOP_DELAY}`,
        BENCH_LOOP: this.loopFile,
      },
      stdio: ['ignore', openSync('/dev/null', 'w'), log],
      detached: true,
    })
    if (this.child.pid === undefined) throw new Error(`${name}: ${program} could not be started`)
    this.pid = this.child.pid
    process.once('exit', this.kill)
  }

  /** Waits for the first 200 of `path`; answers the milliseconds since the start. */
  async ready(path: string): Promise<number> {
    while (performance.now() - this.startedAt < START_DEADLINE_MS) {
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended with ${this.child.exitCode}, see its log`)
      if ((await statusOf(this.origin + path)) === 200) return performance.now() - this.startedAt
      await sleep(ASK_EVERY_MS)
    }
    throw new Error(`${this.name} did not answer ${path} with 200 in time, see its log`)
  }

  /** The 99th percentile of the delay of its event loop since this was asked last, in milliseconds. */
  async loopP99Ms(): Promise<number> {
    rmSync(this.loopFile, { force: true })
    process.kill(this.pid, 'SIGUSR2')
    for (const asked = performance.now(); performance.now() - asked < LOOP_DEADLINE_MS; await sleep(ASK_EVERY_MS)) {
      const text = existsSync(this.loopFile) ? readFileSync(this.loopFile, 'utf8') : ''
      if (text.endsWith('\n')) return Number(text)
    }
    throw new Error(`${this.name} did not say how late its event loop was`)
  }

  /** Ends the server as an operator would, and by force only when that takes too long. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    process.off('exit', this.kill)
    if (this.hasEnded()) return
    process.kill(-this.pid, 'SIGTERM')
    await Promise.race([ended, sleep(STOP_DEADLINE_MS, undefined, { ref: false })])
    this.kill()
    await ended
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  private readonly kill = (): void => {
    if (!this.hasEnded()) process.kill(-this.pid, 'SIGKILL')
  }
}

/** The status of a GET; undefined while nobody listens. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    request.on('error', () => resolve(undefined))
  })
}
