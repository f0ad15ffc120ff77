// Reads the first line and the head of a request and refuses what HTTP forbids though Node's parser lets it pass.
import type { IncomingMessage } from 'node:http'
import { Problem } from '../../base/pure/problem.ts'

/** The address of a request in its two halves, as sent: nothing decoded, nothing normalised. */
export interface Target {
  readonly path: string
  /** Without `?`; '' when there is none. */
  readonly query: string
}

/** RFC 9112 §3.2: no userinfo, no list (two Host headers arrive joined by a comma), no path. */
const hostForm = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/

/** Bytes a request target may not hold: blanks, controls, `#`, anything beyond ASCII. */
const strange = /[^!"$-~]/
const badEscape = /%(?![0-9A-Fa-f]{2})/

/**
 * Splits the target. Fails with malformed for a version, a Host, a target or a framing that RFC 9112 refuses,
 * with uri_too_long when path or query exceed `bytes`.
 */
export function readHead(raw: IncomingMessage, bytes: number): Target {
  const version = raw.httpVersion
  if (version !== '1.1') refuseOtherVersion(raw, version)
  else if (raw.headers.host === undefined) throw new Problem('malformed', 'A Host header is needed.')
  const coding = raw.headers['transfer-encoding']
  // Node reads `identity, chunked` as chunked, an older hop as unchunked: anything but the one word is two readings.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new Problem('malformed', 'The only Transfer-Encoding is chunked.')
  }
  const host = raw.headers.host
  if (host !== undefined && !hostForm.test(host)) throw new Problem('malformed', 'The Host header must name one host.')
  return splitTarget(originForm(raw, host), bytes)
}

function refuseOtherVersion(raw: IncomingMessage, version: string): void {
  if (version !== '1.0') throw new Problem('malformed', 'This server speaks HTTP/1.1 and HTTP/1.0.')
  // RFC 9112 §6.1: chunks in HTTP/1.0 are read differently by the hops in between, which is how requests are smuggled.
  if (raw.headers['transfer-encoding'] !== undefined) {
    throw new Problem('malformed', 'Transfer-Encoding does not exist in HTTP/1.0.')
  }
}

/** RFC 9112 §3.2.2: a whole URL in the first line is legal; it must then speak of the host that Host names. */
function originForm(raw: IncomingMessage, host: string | undefined): string {
  const target = raw.url ?? ''
  if (target.startsWith('/') || target === '*') return target
  const match = /^https?:\/\/([^/?#]*)(\/[^]*|\?[^]*)?$/i.exec(target)
  if (match === null) throw new Problem('malformed', 'The request target must be a path.')
  if (match[1]?.toLowerCase() !== host?.toLowerCase()) {
    throw new Problem('malformed', 'The address in the first line names another host than the Host header.')
  }
  const rest = match[2] ?? '/'
  return rest.startsWith('?') ? `/${rest}` : rest
}

function splitTarget(target: string, bytes: number): Target {
  if (strange.test(target)) throw new Problem('malformed', 'The address holds characters that must be escaped.')
  if (target.includes('%') && badEscape.test(target)) {
    throw new Problem('malformed', 'The address holds a "%" that is not followed by two hexadecimal digits.')
  }
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  if (path.length > bytes) throw new Problem('uri_too_long', `The path may have ${bytes} bytes.`)
  if (query.length > bytes) throw new Problem('uri_too_long', `The query may have ${bytes} bytes.`)
  return { path, query }
}

/** Whether a body follows the head, by the framing alone: a chunked one counts although it may turn out empty. */
export function hasBody(raw: IncomingMessage): boolean {
  const { headers } = raw
  const length = headers['content-length']
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined
}
