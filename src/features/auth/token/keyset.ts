// The keys of an installation over time: one signs, the next is already published, and the last still verifies.
import type { KeyObject } from 'node:crypto'
import { assert } from '../../../base/assert.ts'
import { tokenLimits } from '../../../base/identity_limits.ts'
import type { Random } from '../../../base/random.ts'
import type { AlgorithmName } from './algorithms.ts'
import { createSigningKey, keyOf, type PublicJwk, type SigningKey } from './signing_key.ts'

/** What holds at one moment. Make it again at `changesAtMs`, and whenever the stored keys change. */
export interface Keyset {
  readonly signing: SigningKey
  /** Those whose tokens are taken: the signing one, the next, and the last until its tokens have expired. */
  readonly verifying: readonly SigningKey[]
  readonly changesAtMs: number
}

/** How keys are made and how long each signs. */
export interface KeyPlan {
  readonly algorithm: AlgorithmName
  readonly random: Random
  /** Private halves that were made before, for an algorithm where that takes long. They are taken first. */
  readonly ready?: readonly KeyObject[]
  /** Default 90 days. */
  readonly keyMs?: number
}

/** A key verifies this long after its successor took over: no token of it lives longer. */
const graceMs = tokenLimits.longestAccessMs + 2 * tokenLimits.skewMs

/**
 * The keys there should be: those still needed, and new ones where none signs now or none is published to sign next.
 * With nothing to do it gives the same keys, so it may be asked as often as one likes.
 */
export function plannedKeys(keys: readonly SigningKey[], nowMs: number, plan: KeyPlan): readonly SigningKey[] {
  const sorted = inOrder(keys)
  const ready = (plan.ready ?? []).values()
  const make = (fromMs: number): SigningKey => {
    const { value } = ready.next()
    return value === undefined
      ? createSigningKey(plan.algorithm, fromMs, plan.random)
      : keyOf(plan.algorithm, value, fromMs)
  }
  const needed = sorted.filter((_, at) => nowMs < endOf(sorted, at))
  const current = needed.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? make(nowMs)
  const next = needed.find(({ signsFromMs }) => signsFromMs > nowMs)
  // A server that slept through a turn publishes the next key for a while too before that one signs.
  const nextMs = Math.max(current.signsFromMs + (plan.keyMs ?? tokenLimits.keyMs), nowMs + graceMs)
  const added = [current, next ?? make(nextMs)].filter((key) => !needed.includes(key))
  return inOrder([...needed, ...added])
}

/** The keys without one that may have leaked. If it was the one that signs, the next takes over at once. */
export function withoutKey(keys: readonly SigningKey[], kid: string, nowMs: number): readonly SigningKey[] {
  const left = inOrder(keys.filter((key) => key.kid !== kid))
  if (left.some(({ signsFromMs }) => signsFromMs <= nowMs)) return left
  return left.map((key, at) => (at === 0 ? Object.freeze({ ...key, signsFromMs: nowMs }) : key))
}

/** What holds now. Fails with Broken without keys; a clock set back behind every key leaves the earliest to sign. */
export function keysetAt(keys: readonly SigningKey[], nowMs: number): Keyset {
  const sorted = inOrder(keys)
  const signing = sorted.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? sorted[0]
  assert(signing !== undefined, 'there is a key that signs')
  const ends = sorted.map((_, at) => endOf(sorted, at))
  const verifying = sorted.filter((_, at) => nowMs < (ends[at] ?? 0))
  const turns = [...sorted.map(({ signsFromMs }) => signsFromMs), ...ends].filter((ms) => ms > nowMs)
  return Object.freeze({ signing, verifying: Object.freeze(verifying), changesAtMs: Math.min(...turns) })
}

/** The document behind `/.well-known/jwks.json` (RFC 7517 §5): public halves alone. */
export function jwksOf(keyset: Keyset): { readonly keys: readonly PublicJwk[] } {
  return { keys: keyset.verifying.map(({ jwk }) => jwk) }
}

const inOrder = (keys: readonly SigningKey[]): readonly SigningKey[] =>
  keys.toSorted((one, other) => one.signsFromMs - other.signsFromMs)

/** When the tokens of a key have all expired: a while after its successor began to sign; never without one. */
function endOf(sorted: readonly SigningKey[], at: number): number {
  const successor = sorted[at + 1]
  return successor === undefined ? Number.POSITIVE_INFINITY : successor.signsFromMs + graceMs
}
