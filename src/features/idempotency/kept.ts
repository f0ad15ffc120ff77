// What is remembered of an answer, sealed: who steals the table and PLINTH_SECRET still lacks the callers' keys.
import { keyLimits } from '../../base/limits.ts'
import type { Keyring } from '../../base/seal.ts'
import type { Answer } from '../../call/call.ts'
import type { Keyed, Sent } from '../../call/keyed.ts'

/** A row to be read again in the place of a body that was too large to keep. */
export interface Again {
  /** The noun's path. */
  readonly of: string
  readonly id: string
}

/** An answer as it is remembered, with what was asked. */
export interface Kept {
  readonly fingerprint: string
  readonly sent: Sent
  readonly again: Again | undefined
}

const purpose = 'idempotency'

/** What to keep of an answer: all of it, or a large row's place instead of the row. */
export function keptOf({ fingerprint }: Keyed, sent: Sent, answer: Answer | undefined): Kept {
  const isLarge = Buffer.byteLength(sent.body ?? '') > keyLimits.answerBytes
  if (!isLarge || answer?.shape !== 'row') return { fingerprint, sent, again: undefined }
  return { fingerprint, sent: { ...sent, body: undefined, type: '' }, again: { of: answer.of, id: answer.id } }
}

/** Seals it for its key. Bound to the row's hash: a row that took another's place is not opened. */
export function sealKept(keys: Keyring, { key, hash }: Keyed, { fingerprint, sent, again }: Kept): string {
  const { body, ...rest } = sent
  const head = JSON.stringify({ fingerprint, again, hasBody: body !== undefined, ...rest })
  return keys.sealWith(purpose, key, `${head}\n${body ?? ''}`, hash)
}

/** Opens what `sealKept` made; undefined where the secret it was sealed with is gone. */
export function openKept(keys: Keyring, { key, hash }: Keyed, sealed: string): Kept | undefined {
  const text = keys.openWith(purpose, key, sealed, hash)
  if (text === undefined) return undefined
  const end = text.indexOf('\n')
  const head = JSON.parse(text.slice(0, end)) as Head // only `sealKept` writes what opens with this key
  const { fingerprint, again, hasBody, ...rest } = head
  return { fingerprint, again, sent: { ...rest, body: hasBody ? text.slice(end + 1) : undefined } }
}

type Head = Omit<Kept, 'sent'> & Omit<Sent, 'body'> & { readonly hasBody: boolean }
