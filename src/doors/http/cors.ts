// Cross-origin calls: off until origins are named, exact names only, and nobody else's origin is ever repeated.
import type { HeaderList } from './headers.ts'

/** What a script of a named origin may send beyond what every script may. */
const requestHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Plinth-Tenant, Prefer, X-Request-Id, ' +
  'traceparent, tracestate'

/** What it may read beyond what every script may. */
const answerHeaders =
  'ETag, Link, Location, X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, ' +
  'Idempotent-Replayed, Deprecation, Sunset'

/** Seconds a browser may remember a preflight. */
const PREFLIGHT_SECONDS = 600

export interface Cors {
  /** Headers for an answer to this origin; none for a stranger or a call without Origin. */
  headersFor(origin: string | undefined): HeaderList
  /** Headers that answer a preflight for a URL with these methods, by header name. */
  preflight(origin: string | undefined, allow: string): Readonly<Record<string, string>>
}

const none: HeaderList = []

/** Throws TypeError on anything but whole origins: `*`, `null`, a path or a default port match nothing, or all. */
export function createCors(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined
  for (const origin of origins) checkOrigin(origin)
  const known = new Map(origins.map((origin) => [origin, answerList(origin)]))
  const isKnown = (origin: string | undefined): boolean => origin !== undefined && known.has(origin)
  return Object.freeze({
    headersFor: (origin: string | undefined) => (origin === undefined ? none : (known.get(origin) ?? none)),
    preflight: (origin: string | undefined, allow: string) => (isKnown(origin) ? preflightHeaders(allow) : {}),
  })
}

function checkOrigin(origin: string): void {
  const parsed = URL.parse(origin)
  if (parsed === null || parsed.origin !== origin || !/^https?:\/\/[^*]+$/.test(origin)) {
    throw new TypeError(`CORS: "${origin}" is not an origin such as https://app.example`)
  }
}

function answerList(origin: string): HeaderList {
  return [
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Allow-Credentials',
    'true',
    'Access-Control-Expose-Headers',
    answerHeaders,
  ]
}

function preflightHeaders(allow: string): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': allow,
    'Access-Control-Allow-Headers': requestHeaders,
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  }
}
