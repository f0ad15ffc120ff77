// Randomness comes in through here and nowhere else, so that a test can own it.
import { randomBytes } from 'node:crypto'

/** Random bytes, and fractions in [0, 1) for jitter. */
export interface Random {
  bytes(count: number): Uint8Array
  /** Not for secrets. */
  fraction(): number
}

/** Unpredictable bytes from the system; fractions are only for jitter. */
export const systemRandom: Random = Object.freeze({
  bytes: (count: number) => randomBytes(count),
  fraction: () => Math.random(),
})

/** The same sequence for the same 32-bit seed (xoshiro128**), for tests. Predictable by design: never for secrets. */
export function seededRandom(seed: number): Random {
  const state = spread(seed)
  const fraction = (): number => next(state) / 2 ** 32
  const bytes = (count: number): Uint8Array => {
    const out = new Uint8Array(count)
    for (let at = 0; at < count; at++) out[at] = next(state) >>> 24
    return out
  }
  return Object.freeze({ bytes, fraction })
}

// Neighbouring seeds must not give neighbouring sequences, and the state must not be all zero (splitmix32).
function spread(seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from([1, 2, 3, 4], (step) => {
    const once = Math.imul((seed + step * 0x9e3779b9) ^ ((seed + step * 0x9e3779b9) >>> 16), 0x21f0aaad)
    const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97)
    return twice ^ (twice >>> 15)
  })
}

function next(state: Uint32Array): number {
  // A Uint32Array of four has these four; the checker cannot see its length.
  const [a = 0, b = 0, c = 0, d = 0] = state
  state.set([a ^ d ^ b, b ^ c ^ a, c ^ a ^ (b << 9), rotate(d ^ b, 11)])
  return Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}
