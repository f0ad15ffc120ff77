// What a browser sends for its user must be asked for by a page of ours: a cookie comes along whoever asks.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import { ownOrigin } from './session_cookie.ts'

/** What is looked at of a request. */
export interface BrowserAsking {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Of the body as it was read, parameters apart; '' where there is none. */
  readonly contentType: string
}

/** Content types that a form of any page can send, without a preflight (Fetch §2.2.2). */
const simple: ReadonlySet<string> = new Set([
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses an unsafe request that no page of ours has made. Fails with forbidden. A POST needs a body of JSON besides,
 * `{}` where there is nothing to say: every other method needs a preflight by itself.
 */
export function refuseCrossSite(house: House, asking: BrowserAsking): void {
  if (safe.has(asking.method)) return
  ensureSameOrigin(house, asking.headers)
  if (asking.method === 'POST' && simple.has(asking.contentType))
    throw new Problem('forbidden', 'With a cookie a POST has a body of application/json, {} where it is empty.')
}

/** Refuses what another origin asks for, and what does not say who asks. Fails with forbidden. */
export function ensureSameOrigin(house: House, headers: BrowserAsking['headers']): void {
  const { 'sec-fetch-site': site, origin } = headers
  const isOwn = origin === undefined ? undefined : origin === ownOrigin(house.services)
  // Both are asked where both are sent, but for a browser that knows by itself: the app may have another name inside.
  if (site === undefined ? isOwn === true : site === 'same-origin' && origin !== 'null') return
  throw new Problem(
    'forbidden',
    'With a cookie only pages of this origin may do this: Sec-Fetch-Site and Origin say so.',
  )
}
