// One run of load: wrk on core 1 against a server, and what it and /proc say about it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pinned } from './machine.ts'

const SCRIPT = join(import.meta.dirname, 'load', 'replay.lua')
const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }

export interface Load {
  readonly origin: string
  readonly requestFile: string
  readonly connections: number
  readonly seconds: number
  /** Different for every run, so that no run repeats the unique values of another. */
  readonly seed: number
}

export interface WrkResult {
  readonly requests: number
  readonly rps: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were not 2xx or 3xx, and sockets that failed. */
  readonly failures: number
}

/** Runs wrk for the given seconds. Fails when wrk does, or when its report cannot be read. */
export async function runWrk(load: Load): Promise<WrkResult> {
  const [program = '', ...argv] = pinned(1, [
    'wrk',
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--timeout',
    '10s',
    '--latency',
    '-s',
    SCRIPT,
    load.origin,
  ])
  const child = spawn(program, argv, {
    env: { ...process.env, BENCH_REQUESTS: load.requestFile, BENCH_SEED: String(load.seed) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let report = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (report += text))
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  if (code !== 0) throw new Error(`wrk ended with ${String(code)}: ${report}`)
  return parseReport(report)
}

/** Reads the report that wrk prints. Fails when the rate is not in it. */
export function parseReport(report: string): WrkResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? 0)
  const rps = number(/Requests\/sec:\s+([\d.]+)/)
  if (rps === 0) throw new Error(`wrk measured nothing: ${report}`)
  return {
    requests: number(/(\d+) requests in/),
    rps,
    p50Ms: milliseconds(/\s50%\s+(\S+)/.exec(report)?.[1]),
    p99Ms: milliseconds(/\s99%\s+(\S+)/.exec(report)?.[1]),
    failures: number(/Non-2xx or 3xx responses: (\d+)/) + socketErrors(report),
  }
}

function socketErrors(report: string): number {
  const counts = /Socket errors: (.*)/.exec(report)?.[1]?.match(/\d+/g) ?? []
  return counts.reduce((sum, count) => sum + Number(count), 0)
}

function milliseconds(text = ''): number {
  const [, value = '0', unit = 'ms'] = /^([\d.]+)([a-z]+)$/.exec(text) ?? []
  return Number(value) * (MILLISECONDS[unit] ?? NaN)
}
