// Which request this is, across processes: W3C Trace Context and our own request ids.
import type { Random } from './random.ts'

/** What an incoming traceparent says. */
export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero: the caller's span. */
  readonly parentId: string
  readonly sampled: boolean
}

const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const requestId = /^[A-Za-z0-9._-]{1,128}$/
const maxLength = 512
const noTrace = '0'.repeat(32)
const noParent = '0'.repeat(16)

/**
 * Reads a traceparent header (W3C Trace Context §3.2); undefined if it is not valid, and then a new trace begins.
 * A later version is read as far as version 00 goes, which is what the specification asks (§4.3).
 */
export function parseTraceparent(header: string): TraceParent | undefined {
  if (header.length > maxLength) return undefined
  const [, version, traceId = noTrace, parentId = noParent, flags = '', rest] = traceparent.exec(header) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (traceId === noTrace || parentId === noParent) return undefined
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** A new trace id: 16 random bytes in hex, never all zero. */
export function newTraceId(random: Random): string {
  return hexOf(random, 16, noTrace)
}

/** A new span id: 8 random bytes in hex, never all zero. */
export function newSpanId(random: Random): string {
  return hexOf(random, 8, noParent)
}

/** Whether an incoming X-Request-Id may be kept: it goes into logs and headers, so its alphabet is small. */
export function isRequestId(text: string): boolean {
  return requestId.test(text)
}

function hexOf(random: Random, bytes: number, forbidden: string): string {
  const id = Buffer.from(random.bytes(bytes)).toString('hex')
  return id === forbidden ? hexOf(random, bytes, forbidden) : id
}
