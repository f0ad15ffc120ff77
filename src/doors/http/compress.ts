// Compresses an answer's text by the caller's wish, off the main thread, and keeps its ETag true to the bytes sent.
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import { chooseEncoding } from './negotiate.ts'

export type Encoding = 'br' | 'zstd' | 'gzip'

/** In the server's order, which decides between equal wishes. */
const encodings: readonly Encoding[] = ['br', 'zstd', 'gzip']

const textual = /^(?:text\/(?!event-stream)|application\/(?:json|xml|javascript|[\w.-]+\+(?:json|xml))|image\/svg\+xml)/

/** Whether bytes of this media type shrink; an image or an archive only costs time. */
export const shrinks = (type: string): boolean => textual.test(type)

/** The coding this caller gets, undefined for none. */
export function encodingFor(accept: string | undefined): Encoding | undefined {
  const chosen = chooseEncoding(accept, encodings)
  return chosen === 'identity' ? undefined : chosen
}

type Done = (error: Error | null, bytes: Buffer) => void

/** Levels chosen for answers made once and sent once: about the size of the defaults at a fraction of the time. */
export function compress(encoding: Encoding, bytes: Uint8Array, done: Done): void {
  if (encoding === 'gzip') return gzip(bytes, { level: 4 }, done)
  if (encoding === 'zstd') return zstdCompress(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }, done)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  brotliCompress(bytes, { params }, done)
}

/** RFC 9110 §8.8.3: another coding is another representation, so a strong tag must differ: `"7"` becomes `"7-br"`. */
export function tagEncoded(etag: string, encoding: Encoding): string {
  return etag.startsWith('W/') ? etag : `${etag.slice(0, -1)}-${encoding}"`
}

/** The tag as the application knows it, whatever coding it was sent with: `"7-br"` is `"7"`. For preconditions. */
export function stripEncoding(etag: string): string {
  return etag.replace(/-(?:br|zstd|gzip)"$/, '"')
}

/** The tag a 304 must carry: the very one the caller holds, if one of those it named is this state of the row. */
export function heldTag(etag: string, ifNoneMatch: string | undefined): string {
  if (ifNoneMatch === undefined || !ifNoneMatch.includes('-')) return etag
  return (
    ifNoneMatch
      .split(',')
      .map((tag) => tag.trim())
      .find((tag) => stripEncoding(tag) === etag) ?? etag
  )
}
