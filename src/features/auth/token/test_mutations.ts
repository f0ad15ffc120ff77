// Bends a good token in one random way after another, and counts what a verifier says of each.
import type { Random } from '../../../base/random.ts'
import type { Verify } from './verifier.ts'

export interface Tally {
  /** Mutated texts that were taken. Must stay empty. */
  readonly accepted: readonly string[]
  /** How many each gate refused; a gate nothing came to was not tested. */
  readonly refused: ReadonlyMap<string, number>
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0\u00e9'

/** Asks a verifier about `count` mutations of a token. */
export function mutate(good: string, verify: Verify, count: number, random: Random): Tally {
  const accepted: string[] = []
  const refused = new Map<string, number>()
  for (let done = 0; done < count; done++) {
    const bent = bend(good, random)
    if (bent === good) continue
    const said = verify(bent)
    if (typeof said !== 'string') accepted.push(bent)
    else refused.set(said, (refused.get(said) ?? 0) + 1)
  }
  return { accepted, refused }
}

function bend(good: string, random: Random): string {
  const below = (limit: number): number => Math.floor(random.fraction() * limit)
  const char = (): string => alphabet[below(alphabet.length)] ?? ''
  const at = below(good.length)
  const parts = good.split('.')
  const part = below(3)
  const inPart = (change: (bytes: Buffer) => Buffer): string =>
    parts
      .map((text, here) => (here === part ? change(Buffer.from(text, 'base64url')).toString('base64url') : text))
      .join('.')
  const ways: readonly (() => string)[] = [
    () => good.slice(0, at) + char() + good.slice(at + 1),
    () => good.slice(0, at) + char() + good.slice(at),
    () => good.slice(0, at) + good.slice(at + 1),
    () => good.slice(0, at),
    () => good + char(),
    () => inPart((bytes) => flipped(bytes, below(bytes.length * 8))),
    () => inPart((bytes) => flipped(flipped(bytes, below(bytes.length * 8)), below(bytes.length * 8))),
    () => inPart((bytes) => Buffer.from(bytes.toString('latin1').replace(/\d/, String(below(10))), 'latin1')),
    () => inPart((bytes) => Buffer.from(random.bytes(bytes.length))),
    () => inPart((bytes) => bytes.subarray(0, below(bytes.length))),
  ]
  return (ways[below(ways.length)] ?? (() => ''))()
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}
