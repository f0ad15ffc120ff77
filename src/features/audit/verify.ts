// Reads the whole audit again and says what does not fit: what was changed, put in, taken out, moved or cut off.
import type { Keyring } from '../../base/seal.ts'
import { type AnchorLine, judgeAnchor } from './anchor_lines.ts'
import { type Checkpoint, isGenuine, markOf, signers } from './checkpoint.ts'
import { beginning, hashOf, linkText, purposes, readContent } from './content.ts'
import { type Finding, isOld, type Signed, type Tell } from './findings.ts'
import type { AuditSource, SealedEntry } from './source.ts'

export interface Verified {
  readonly findings: readonly Finding[]
  /** Entries in the chain, and those that wait for their place in it. */
  readonly sealed: number
  readonly waiting: number
  readonly checkpoints: number
  /** The place up to which signatures cover the chain. */
  readonly signedTo: number
  /** The place up to which a checkpoint outside the database says the same; undefined where none was asked. */
  readonly anchoredTo: number | undefined
}

export interface VerifyOptions {
  readonly keys: Keyring
  /** Public keys that are trusted beside those of `keys`. */
  readonly trusted?: readonly string[]
  /** What was written outside the database; undefined asks nothing of it. */
  readonly anchor?: readonly AnchorLine[] | undefined
  /** The time now, in milliseconds since 1970. */
  readonly now: number
}

/** More than this tell nothing new. */
const most = 100

/** Verifies it. Fails only where it cannot be read. */
export async function verify(source: AuditSource, options: VerifyOptions): Promise<Verified> {
  const findings: Finding[] = []
  const tell = (what: Finding['what'], at: number, why: string): void => {
    if (findings.length < most) findings.push({ what, at, why })
  }
  const signed = await verifyCheckpoints(source, options, tell)
  const chain = await verifyChain(source, options, signed, tell)
  const waiting = await verifyWaiting(source, options, tell)
  const anchored = options.anchor && judgeAnchor(options.anchor, signed, options.now, tell)
  const { sealed, signedTo } = chain
  return { findings, sealed, waiting, checkpoints: signed.count, signedTo, anchoredTo: anchored }
}

async function verifyCheckpoints(source: AuditSource, options: VerifyOptions, tell: Tell): Promise<Signed> {
  const hashes = new Map<number, string>()
  const marks = new Map<number, string>()
  let first: Checkpoint | undefined
  let last: Checkpoint | undefined
  for await (const checkpoint of source.checkpoints()) {
    const { number, position, hash, untouched } = checkpoint
    if (!untouched || !isGenuine(checkpoint)) tell('checkpoint', number, 'it is not as it was signed')
    if (last === undefined) judgeFirst(checkpoint, options.now, tell)
    else {
      if (number !== last.number + 1) tell('checkpoint', last.number + 1, 'it is missing')
      else if (checkpoint.previous !== markOf(last)) tell('checkpoint', number, 'it does not follow the one before')
      if (position <= last.position) tell('checkpoint', number, 'it is of an earlier place than the one before')
    }
    hashes.set(position, hash)
    marks.set(number, markOf(checkpoint))
    first ??= checkpoint
    last = checkpoint
  }
  const trusted = new Set([...signers(options.keys).map(({ publicKey }) => publicKey), ...(options.trusted ?? [])])
  const isOurs = last !== undefined && trusted.has(last.key)
  if (last !== undefined && !isOurs) tell('checkpoint', last.number, 'it is signed by a key that is not ours')
  return { count: marks.size, hashes, marks, first, last, isOurs }
}

// Old checkpoints go with the entries they cover, and no younger ones do.
function judgeFirst(first: Checkpoint, now: number, tell: Tell): void {
  if (first.number === 1 && first.previous === '') return
  if (first.number <= 1 || !isOld(first, now)) tell('checkpoint', 1, 'the first ones are missing')
}

interface Chain {
  readonly sealed: number
  readonly signedTo: number
}

async function verifyChain(source: AuditSource, options: VerifyOptions, signed: Signed, tell: Tell): Promise<Chain> {
  const walk: Walk = { before: beginning, position: 0, sealed: 0 }
  for await (const entry of source.sealed()) {
    if (walk.sealed === 0) beginAt(walk, entry, signed, options.now, tell)
    judgePlace(walk, entry, tell)
    judgeEntry(walk, entry, signed, options, tell)
    walk.before = entry.hash
    walk.position = entry.position
    walk.sealed++
  }
  judgeEnd(walk, signed, options.now, tell)
  return { sealed: walk.sealed, signedTo: Math.min(coveredBy(signed), walk.position) }
}

/** How far the walk along the chain is. */
interface Walk {
  /** The hash and the place of the entry before. */
  before: string
  position: number
  sealed: number
}

/** What is older than it must be kept may be gone, up to a checkpoint; the chain then begins there. */
function beginAt(walk: Walk, { position }: SealedEntry, { first }: Signed, now: number, tell: Tell): void {
  if (first === undefined || position === 1 || position !== first.position + 1) return
  if (!isOld(first, now)) tell('entry', 1, `it and all up to ${first.position} are missing, and were to be kept`)
  walk.before = first.hash
  walk.position = first.position
}

function judgePlace(walk: Walk, { position }: SealedEntry, tell: Tell): void {
  const wanted = walk.position + 1
  if (position === wanted) return
  if (position < wanted) tell('entry', position, 'there are two at this place')
  else tell('entry', wanted, position === wanted + 1 ? 'it is missing' : `it and all up to ${position - 1} are missing`)
}

function judgeEntry(walk: Walk, entry: SealedEntry, signed: Signed, { keys }: VerifyOptions, tell: Tell): void {
  const { position, sound, values, mac, hash, untouched } = entry
  const text = linkText({ before: walk.before, position, sound, values })
  const said = signed.hashes.get(position)
  if (hashOf(text, mac) !== hash || !untouched)
    tell('entry', position, 'it is not as it was sealed, or not in its place')
  else if (said !== undefined && said !== hash)
    tell('entry', position, 'the chain up to here is not the one that was signed')
  // Under a signature a code that cannot be checked may be of a secret that is gone; without one it is all there is.
  else if (position > coveredBy(signed) && !keys.isMac(purposes.chained, text, mac))
    tell('entry', position, 'its message code is not ours')
  else if (!sound) tell('entry', position, 'it was not written by this app, or was changed before it was sealed')
}

const coveredBy = ({ isOurs, last }: Signed): number => (isOurs ? (last?.position ?? 0) : 0)

function judgeEnd({ position, sealed }: Walk, { last, count }: Signed, now: number, tell: Tell): void {
  if (last === undefined || last.position <= position) return
  // Where all entries were old enough to go, the checkpoint that covered the last of them is left, and no other.
  if (sealed === 0 && count === 1 && isOld(last, now)) return
  tell('end', position + 1, `it and all up to ${last.position} are missing`)
}

async function verifyWaiting(source: AuditSource, { keys }: VerifyOptions, tell: Tell): Promise<number> {
  let count = 0
  for await (const { id, content, mac, untouched } of source.waiting()) {
    count++
    const isOurs = keys.isMac(purposes.waiting, content, mac) && readContent(content)?.[0] === id
    if (!isOurs || !untouched) tell('entry', 0, `${id}, which waits to be sealed, was not written by this app`)
  }
  return count
}
