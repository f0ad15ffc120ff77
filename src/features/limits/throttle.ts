// How often a caller may ask: a budget a minute, counted exactly, told in every answer (IETF RateLimit header fields).
import type { Clock } from '../../base/clock.ts'
import { rateLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import { networkOf } from './network.ts'

export interface ThrottleOptions {
  /** Requests a minute for each caller; undefined is no limit. */
  readonly perMinute: number | undefined
  /** The same for those who are not signed in, by network. */
  readonly anonymousPerMinute: number | undefined
  readonly clock: Clock
}

export interface Throttle {
  /** Takes `cost` from the budget; answers the headers to send. Fails with rate_limited. */
  take(budget: string, signedIn: boolean, cost: number): Readonly<Record<string, string>>
}

interface Window {
  startMs: number
  used: number
}

const windowMs = 60_000
const none: Readonly<Record<string, string>> = Object.freeze({})

/** Makes the counter of this process. */
export function createThrottle({ perMinute, anonymousPerMinute, clock }: ThrottleOptions): Throttle {
  const windows = new Map<string, Window>()
  return {
    take(budget, signedIn, cost) {
      const quota = signedIn ? perMinute : anonymousPerMinute
      if (quota === undefined) return none
      const now = clock.ms()
      const window = windowOf(windows, signedIn ? budget : networkOf(budget.slice('address '.length)), now)
      const left = quota - window.used - cost
      const seconds = Math.max(1, Math.ceil((window.startMs + windowMs - now) / 1000))
      if (left < 0) throw refused(quota, Math.max(0, quota - window.used), seconds)
      window.used += cost
      return headersOf(quota, left, seconds)
    },
  }
}

function windowOf(windows: Map<string, Window>, key: string, now: number): Window {
  const found = windows.get(key)
  // Where the clock was set back since, the count begins anew: or it would keep them out for as long as that.
  if (found !== undefined && Math.abs(now - found.startMs) < windowMs) return found
  // Set anew at the end of the map, so that the first key is the one that began longest ago.
  windows.delete(key)
  if (windows.size >= rateLimits.buckets) windows.delete(windows.keys().next().value ?? '')
  const opened = { startMs: now, used: 0 }
  windows.set(key, opened)
  return opened
}

function headersOf(quota: number, left: number, seconds: number): Record<string, string> {
  return { RateLimit: `"default";r=${left};t=${seconds}`, 'RateLimit-Policy': `"default";q=${quota};w=60` }
}

function refused(quota: number, left: number, seconds: number): Problem {
  const headers = { ...headersOf(quota, left, seconds), 'Retry-After': String(seconds) }
  return new Problem('rate_limited', `At most ${quota} requests a minute; go on in ${seconds} s.`, { headers })
}
