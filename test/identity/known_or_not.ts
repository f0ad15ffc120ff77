// Asks each flow for addresses that have an account and for such as have none: what differs tells who is registered.
import { performance } from 'node:perf_hooks'
import { seededRandom } from '../../src/base/random.ts'
import type { Answered } from 'plinth/testing'
import { as, ask, codeFor, joined, type Pair, password, type Reach } from './people.ts'
import { roleToken } from './reach.ts'

export type Kind = 'known' | 'unknown'

export interface Flow {
  readonly name: string
  /** Asks for the address; `run` has whoever is known. */
  readonly ask: (run: Reach, address: string) => Promise<Answered>
  /** The address that is known to this flow. */
  readonly known: string
  /** Is it asked often enough to be timed? Those that are limited by the hour are not. */
  readonly timed: boolean
}

const another = 'a wrong and long one'

/** Every flow that takes an address. */
export const flows: readonly Flow[] = [
  {
    name: 'login',
    known: 'ann@example.com',
    timed: true,
    ask: (run, email) => ask(run, 'login', { email, password: another }),
  },
  {
    name: 'register',
    known: 'ann@example.com',
    timed: true,
    ask: (run, email) => ask(run, 'register', { email, password: another }),
  },
  {
    name: 'password/forgot',
    known: 'ann@example.com',
    timed: true,
    ask: (run, email) => ask(run, 'password/forgot', { email }),
  },
  {
    name: 'verify/send',
    known: 'waiting@example.com',
    timed: true,
    ask: (run, email) => ask(run, 'verify/send', { email }),
  },
  {
    name: 'email/change',
    known: 'ann@example.com',
    timed: false,
    async ask(run, email) {
      const { body } = await ask(run, 'login', { email: 'bob@example.com', password })
      return as(run, (body as Pair).accessToken, 'POST', 'auth/email/change', { email })
    },
  },
  {
    name: 'invitations',
    known: 'ann@example.com',
    timed: false,
    ask: (run, email) => as(run, roleToken('admin'), 'POST', 'auth/invitations', { email, roles: ['staff'] }),
  },
]

/** Makes those who are known: two with an account, and one who has not confirmed yet. */
export async function makeKnown(run: Reach): Promise<void> {
  for (const email of ['ann@example.com', 'bob@example.com']) await joined(run, email)
  await ask(run, 'register', { email: 'waiting@example.com', password })
  await codeFor(run, 'waiting@example.com')
}

/** An address of nobody's, of the same length: that much the asker knows. */
export const nobodyLike = (address: string): string => address.replace(/^[^@]+/, (local) => 'q'.repeat(local.length))

/** All that an answer shows, but for what names this one request, row, address or time. */
export function shown({ status, headers, text }: Answered, address: string): string {
  const names = [...headers]
    .filter(([name]) => name !== 'x-request-id' && name !== 'date')
    .map((pair) => pair.join(': '))
  return `${status}\n${names.toSorted().join('\n')}\n${text}`
    .replaceAll(address, 'ADDRESS')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/(etag: ).*/g, '$1TAG')
}

/** A stand-in for one flow's code: what a fault would do in its place. */
export type Fault = (run: Reach, kind: Kind, ask: () => Promise<Answered>) => Promise<unknown>

const sound: Fault = (_run, _kind, ask) => ask()

export interface Times {
  readonly known: readonly number[]
  readonly unknown: readonly number[]
}

/** Times so many of each, in an order that is drawn anew for each pair; what is promised is done between, untimed. */
export async function timesOf(run: Reach, flow: Flow, count: number, fault: Fault = sound): Promise<Times> {
  const times = { known: [] as number[], unknown: [] as number[] }
  const random = seededRandom(3)
  for (let n = -5; n < count; n++) {
    run.clock.advance(20 * 60_000) // beyond the window of tries, so that none is refused
    const pair: Kind[] = random.fraction() < 0.5 ? ['known', 'unknown'] : ['unknown', 'known']
    for (const kind of pair) {
      const address = kind === 'known' ? flow.known : nobodyOf(flow, n + 5)
      const begun = performance.now()
      await fault(run, kind, () => flow.ask(run, address))
      const ms = performance.now() - begun
      if (n >= 0) times[kind].push(ms) // the first are slow because they are the first
      await run.settle()
    }
  }
  return times
}

// Both are asked about as often: what was never asked about costs a row that counts, whoever it is. But a registration
// makes an address known.
const nobodyOf = ({ name }: Flow, n: number): string =>
  `nobody${name === 'register' ? n : ''}@${name.replaceAll('/', '.')}.example.com`

/**
 * Welch's t of trimmed means (Yuen 1974): of each kind the fastest and the slowest fifth count by their borders
 * alone, because what the machine did meanwhile says nothing of us. Of logarithms, because a machine that is busy makes
 * everything slower by a factor.
 */
export function welch({ known, unknown }: Times): number {
  const [a, b] = [known, unknown].map((times) => trimmed(times.map(Math.log))) as [Trimmed, Trimmed] // two give two
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error)
}

const trim = 0.2

interface Trimmed {
  readonly mean: number
  readonly error: number
}

function trimmed(times: readonly number[]): Trimmed {
  const sorted = times.toSorted((one, other) => one - other)
  const cut = Math.floor(sorted.length * trim)
  const kept = sorted.slice(cut, sorted.length - cut)
  const [least = 0, most = 0] = [kept[0], kept.at(-1)]
  const winsorized = sorted.map((ms) => Math.min(Math.max(ms, least), most))
  const error = (varianceOf(winsorized) * (sorted.length - 1)) / (kept.length * (kept.length - 1))
  return { mean: meanOf(kept), error }
}

const meanOf = (times: readonly number[]): number => times.reduce((sum, ms) => sum + ms, 0) / times.length

function varianceOf(times: readonly number[]): number {
  const mean = meanOf(times)
  return times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / (times.length - 1)
}

export const medianGap = ({ known, unknown }: Times): number => Math.abs(quantile(known, 0.5) - quantile(unknown, 0.5))

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0
}
