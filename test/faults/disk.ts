// A disk with a volatile cache: what is on it for certain, what may be, and the states a power cut can leave behind.
import { dirname } from 'node:path'
import type { Random } from '../../src/base/random.ts'
import type { Happening } from './recording.ts'

/** What becomes of changes that no sync has covered: `torn` keeps all of them but a part of the last. */
export type Loss = 'keep' | 'drop' | 'torn' | 'random'

export const LOSSES: readonly Loss[] = ['keep', 'drop', 'torn', 'random']

/** A file as a power cut left it: the image that is there, and what came after it. Undefined for a directory. */
export interface Left {
  readonly path: string
  readonly file: { readonly image: Buffer; readonly changes: readonly Change[] } | undefined
}

export type Change = { readonly at: number; readonly data: Buffer } | { readonly cutTo: number }
interface Entry {
  readonly path: string
  /** Undefined: the entry is taken away. */
  readonly inode: Inode | undefined
}

/** Disks write a sector whole or not at all. */
const SECTOR = 512

/** Bytes that grow. */
class Image {
  #bytes = Buffer.alloc(1 << 16)
  length = 0

  apply(change: Change): void {
    if ('cutTo' in change) return this.#cut(change.cutTo)
    const end = change.at + change.data.length
    this.#reserve(end)
    change.data.copy(this.#bytes, change.at)
    this.length = Math.max(this.length, end)
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  #cut(to: number): void {
    this.#reserve(to)
    // What lies beyond the end reads as zeros, should the file grow again.
    if (to < this.length) this.#bytes.fill(0, to, this.length)
    this.length = to
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = Buffer.alloc(Math.max(length, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}

interface Inode {
  readonly isDirectory: boolean
  /** What a sync has put on the disk. */
  readonly safe: Image
  /** What the process sees: everything. */
  readonly seen: Image
  pending: Change[]
  /** Entries of this directory that no sync of it has covered. */
  entries: Entry[]
  /** Entries of this directory that are on the disk. */
  readonly names: Map<string, Inode>
}

interface Sync {
  readonly inode: Inode
  readonly changes: ReadonlySet<Change>
  readonly entries: ReadonlySet<Entry>
}

const inodeOf = (isDirectory: boolean): Inode => ({
  isDirectory,
  safe: new Image(),
  seen: new Image(),
  pending: [],
  entries: [],
  names: new Map(),
})

/**
 * The model, per file as POSIX has it: a write is safe once a sync of its file that began after it has ended, a name
 * once its directory was synced. Until then each may be on the disk or not, sector by sector, in any order.
 */
export class Disk {
  readonly #root = inodeOf(true)
  /** By number; a number is used again after its file was removed. */
  readonly #inodes = new Map<number, Inode>()
  /** Directories by path. */
  readonly #directories = new Map<string, Inode>([['', this.#root]])
  /** Syncs that have begun, with how much of the pending changes each covers. */
  readonly #flying = new Map<number, Sync>()
  /** Changes that no sync can save any more. */
  readonly #doomed = new Set<Change>()

  /** Takes one event; says whether it changed what a power cut may leave. */
  take(event: Happening): boolean {
    switch (event.kind) {
      case 'found':
        return this.#find(event.inode, event.path)
      case 'created':
        return this.#create(event)
      case 'written':
        return this.#change(event.inode, { at: event.at, data: event.data })
      case 'cut':
        return this.#change(event.inode, { cutTo: event.bytes })
      case 'sync':
        return this.#begin(event.inode, event.token)
      case 'synced':
        return this.#end(event.token)
      case 'failed':
        return this.#fail(event.token)
      case 'unlinked':
        this.#directoryOf(event.path).entries.push({ path: event.path, inode: undefined })
        return true
      default:
        return false
    }
  }

  /** True while nothing is at risk: every loss leaves the same. */
  get isSafe(): boolean {
    return [this.#root, ...this.#inodes.values()].every(
      ({ pending, entries }) => pending.length === 0 && entries.length === 0,
    )
  }

  /** What a power cut leaves now. Shared memory is left out: it is memory. */
  left(loss: Loss, random: Random): Left[] {
    const kept = loss === 'random' ? 0.1 + 0.8 * random.fraction() : 0
    const keeps = (): boolean => loss === 'keep' || loss === 'torn' || (loss === 'random' && random.fraction() < kept)
    const left: Left[] = []
    const walk = (directory: Inode): void => {
      for (const [path, inode] of namesOf(directory, keeps)) {
        if (path.endsWith('-shm')) continue
        left.push({ path, file: inode.isDirectory ? undefined : fileOf(inode, loss, random, keeps) })
        if (inode.isDirectory) walk(inode)
      }
    }
    walk(this.#root)
    return left
  }

  #find(number: number, path: string): false {
    const known = path === '' ? this.#root : this.#directories.get(path)
    if (known !== undefined) this.#inodes.set(number, known)
    else if (!this.#inodes.has(number)) throw new Error(`"${path}" was there before the recording began`)
    return false
  }

  #create({ inode: number, path, isDirectory }: Extract<Happening, { kind: 'created' }>): boolean {
    const inode = inodeOf(isDirectory)
    this.#inodes.set(number, inode)
    if (isDirectory) this.#directories.set(path, inode)
    this.#directoryOf(path).entries.push({ path, inode })
    return true
  }

  #change(number: number, change: Change): boolean {
    const inode = this.#at(number)
    inode.pending.push(change)
    inode.seen.apply(change)
    return true
  }

  #begin(number: number, token: number): false {
    const inode = this.#at(number)
    this.#flying.set(token, { inode, changes: new Set(inode.pending), entries: new Set(inode.entries) })
    return false
  }

  #end(token: number): boolean {
    const { inode, changes, entries } = this.#landed(token)
    // Two syncs of one file may overlap: what the other has covered meanwhile is safe already.
    const isCovered = (change: Change): boolean => changes.has(change) && !this.#doomed.has(change)
    const covered = inode.pending.filter(isCovered)
    for (const change of covered) inode.safe.apply(change)
    inode.pending = inode.pending.flatMap((change) => (isCovered(change) ? [] : this.#without(change, covered)))
    for (const entry of inode.entries.filter((one) => entries.has(one))) name(inode.names, entry)
    inode.entries = inode.entries.filter((one) => !entries.has(one))
    return covered.length > 0 || entries.size > 0
  }

  /** What is left of a doomed change, now that what was written over it is safe. */
  #without(change: Change, covered: readonly Change[]): Change[] {
    if (!this.#doomed.has(change)) return [change]
    const left = covered.reduce<Change[]>((rest, over) => rest.flatMap((one) => uncovered(one, over)), [change])
    for (const one of left) this.#doomed.add(one)
    return left
  }

  // The kernel marks the pages of a failed sync as clean: no later sync writes them, though every reader sees them. The
  // length of a file is no page; a later sync may save it.
  #fail(token: number): false {
    for (const change of this.#landed(token).changes) if (!('cutTo' in change)) this.#doomed.add(change)
    return false
  }

  #landed(token: number): Sync {
    const sync = this.#flying.get(token)
    if (sync === undefined) throw new Error(`sync ${token} ended without having begun`)
    this.#flying.delete(token)
    return sync
  }

  #at(number: number): Inode {
    const inode = this.#inodes.get(number)
    if (inode === undefined) throw new Error(`inode ${number} is not known`)
    return inode
  }

  #directoryOf(path: string): Inode {
    const parent = dirname(path)
    const directory = this.#directories.get(parent === '.' ? '' : parent)
    if (directory === undefined) throw new Error(`the directory of "${path}" is not known`)
    return directory
  }
}

function name(names: Map<string, Inode>, { path, inode }: Entry): void {
  if (inode === undefined) names.delete(path)
  else names.set(path, inode)
}

function namesOf(directory: Inode, keeps: () => boolean): Map<string, Inode> {
  const names = new Map(directory.names)
  for (const entry of directory.entries) if (keeps()) name(names, entry)
  return names
}

function fileOf(inode: Inode, loss: Loss, random: Random, keeps: () => boolean): Left['file'] {
  const { safe, seen, pending } = inode
  if (pending.length === 0 || loss === 'keep') return { image: seen.bytes, changes: [] }
  if (loss === 'drop') return { image: safe.bytes, changes: [] }
  if (loss === 'torn') return { image: safe.bytes, changes: torn(pending, random) }
  return { image: safe.bytes, changes: pending.flatMap(sectorsOf).filter(keeps) }
}

function uncovered(change: Change, over: Change): Change[] {
  if ('cutTo' in change) return [change]
  const [from, to] = 'cutTo' in over ? [over.cutTo, Infinity] : [over.at, over.at + over.data.length]
  const { at, data } = change
  const end = at + data.length
  if (to <= at || from >= end) return [change]
  const before = from > at ? [{ at, data: data.subarray(0, from - at) }] : []
  const behind = to < end ? [{ at: to, data: data.subarray(to - at) }] : []
  return [...before, ...behind]
}

// All but the last change, and of that one the sectors before or after some place.
function torn(pending: readonly Change[], random: Random): Change[] {
  const last = pending.at(-1)
  if (last === undefined) return []
  const sectors = sectorsOf(last)
  const place = Math.floor(random.fraction() * sectors.length)
  const rest = random.fraction() < 0.5 ? sectors.slice(0, place) : sectors.slice(place + 1)
  return [...pending.slice(0, -1), ...rest]
}

function sectorsOf(change: Change): Change[] {
  if ('cutTo' in change) return [change]
  const { at, data } = change
  const sectors: Change[] = []
  for (let from = at; from < at + data.length;) {
    const end = Math.min(at + data.length, (Math.floor(from / SECTOR) + 1) * SECTOR)
    sectors.push({ at: from, data: data.subarray(from - at, end - at) })
    from = end
  }
  return sectors
}
