// Ids: UUIDv7 (RFC 9562), in the order they were made within a process, so that "newest first by id" is true.
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Random bytes fetched at once; asking the system for each id would cost more than the id. */
const poolBytes = 4096
/** What one id may take: two for a new counter, eight for the tail. */
const bytesPerId = 10
/** The counter starts in its lower half, so that 2,048 ids at least fit into a millisecond before one is borrowed. */
const counterStart = 2 ** 11
const counterEnd = 2 ** 12

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * Makes a source of UUIDv7: 48 bits of milliseconds, a 12-bit counter, 62 random bits. Strictly ascending as text even
 * when the clock stands still or jumps back; a full counter takes the next millisecond early.
 */
export function createIds(clock: Clock, random: Random): () => string {
  let pool = random.bytes(poolBytes)
  let used = 0
  let ms = 0
  let counter = 0
  let head = ''

  const byte = (): number => pool[used++] ?? 0
  const start = (at: number): void => {
    ms = at
    counter = ((byte() << 8) | byte()) % counterStart
    head = headOf(at)
  }
  return () => {
    if (used + bytesPerId > poolBytes) {
      pool = random.bytes(poolBytes)
      used = 0
    }
    const now = clock.ms()
    if (now > ms) start(now)
    else if (++counter === counterEnd) start(ms + 1)
    // Version 7 and the counter; then the variant (binary 10) and 62 random bits.
    const middle = `${hex[0x70 | (counter >>> 8)]}${hex[counter & 0xff]}-${hex[0x80 | (byte() & 0x3f)]}${hex[byte()]}`
    return `${head}${middle}-${hex[byte()]}${hex[byte()]}${hex[byte()]}${hex[byte()]}${hex[byte()]}${hex[byte()]}`
  }
}

/** Whether a text is a UUID in canonical form: lower case, hyphens, any version from 1 to 8. */
export function isId(text: string): boolean {
  return uuid.test(text)
}

/** When a UUIDv7 was made, in milliseconds since 1970. Fails with TypeError for any other text. */
export function idTime(id: string): number {
  if (!isId(id) || id[14] !== '7') throw new TypeError(`"${id}" is not a UUIDv7`)
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

/** The least UUIDv7 of a millisecond: whatever was made before has a smaller one. */
export const idAt = (ms: number): string => `${headOf(Math.max(0, ms))}7000-8000-000000000000`

function headOf(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-`
}
