// Reads the whole audit again and says what does not fit: what was changed, put in, taken out, moved or cut off.
import type { Keyring } from '../../base/seal.ts'
import { type AnchorLine, judgeAnchor } from './anchor_lines.ts'
import { type Checkpoint, isGenuine, markOf, signers } from './checkpoint.ts'
import { beginning, codePurpose, contentOf, hashOf } from './content.ts'
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
  const walk: Walk = { before: beginning, position: 0, sealed: 0, unsigned: [] }
  const given = await source.lastPlace()
  for await (const entry of source.sealed()) {
    if (walk.sealed === 0) beginAt(walk, entry, signed, options.now, tell)
    judgePlace(walk, entry, tell)
    judgeEntry(walk, entry, tell)
    judgeCover(walk, entry, signed, options, tell)
    walk.before = String(entry.hash)
    walk.position = entry.position
    walk.sealed++
  }
  for (const place of walk.unsigned) tell('entry', place, 'its message code is not ours')
  // The app may be running: whatever had its place when this began must be there, and no more than has it by now.
  judgeEnd(walk, signed, [given, await source.lastPlace()], options.now, tell)
  const covered = signed.isOurs ? Math.min(signed.last?.position ?? 0, walk.position) : 0
  return { sealed: walk.sealed, signedTo: covered }
}

/** How far the walk along the chain is. */
interface Walk {
  /** The hash and the place of the entry before. */
  before: string
  position: number
  sealed: number
  /** Places since the last checkpoint whose message codes are not ours. */
  unsigned: number[]
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

function judgeEntry({ before }: Walk, { position, sound, untouched, ...entry }: SealedEntry, tell: Tell): void {
  const { arrival, mac, values } = entry
  const hash = hashOf({ before, position, sound, arrival, mac, content: contentOf(values) })
  if (hash !== entry.hash || !untouched) tell('entry', position, 'it is not as it was sealed, or not in its place')
  else if (!sound) tell('entry', position, 'it was not written by this app, or was changed before it was sealed')
}

// Under a signature a code that cannot be checked may be of a secret that is gone; without one it is all there is.
function judgeCover(walk: Walk, entry: SealedEntry, signed: Signed, options: VerifyOptions, tell: Tell): void {
  const { position, hash } = entry
  const said = signed.hashes.get(position)
  if (said === undefined) {
    if (!isCoded(entry, options) && walk.unsigned.length < most) walk.unsigned.push(position)
  } else if (said === hash) walk.unsigned = []
  else tell('entry', position, 'the chain up to here is not the one that was signed')
}

const isCoded = ({ values, mac }: SealedEntry, { keys }: VerifyOptions): boolean =>
  keys.isMac(codePurpose, contentOf(values), String(mac))

type Places = readonly [atFirst: number, byNow: number]

function judgeEnd({ position, sealed }: Walk, signed: Signed, given: Places, now: number, tell: Tell): void {
  const { last, count } = signed
  // Where all entries were old enough to go, the checkpoint that covered the last of them is left, and no other.
  const isEmptied = sealed === 0 && last !== undefined && count === 1 && isOld(last, now)
  const end = isEmptied ? last.position : position
  if (last !== undefined && last.position > end) tell('end', end + 1, `it and all up to ${last.position} are missing`)
  else if (given[0] > end) tell('end', end + 1, `it and all up to ${given[0]} are missing`)
  else if (given[1] < end) tell('end', given[1] + 1, 'no place was given from here on')
}

async function verifyWaiting(source: AuditSource, options: VerifyOptions, tell: Tell): Promise<number> {
  let count = 0
  for await (const entry of source.waiting()) {
    count++
    if (!isCoded(entry, options)) tell('entry', 0, `${entry.id}, which waits to be sealed, was not written by this app`)
  }
  return count
}
