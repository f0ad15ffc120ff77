// Where everything of a backup folder lies, and what its names say.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../base/random.ts'

/** A snapshot as its name tells it. */
export interface SnapshotFile {
  readonly path: string
  readonly segment: number
  readonly at: number
}

/** A segment in a file of its own, as its name tells it. */
export interface LooseSegment {
  readonly path: string
  readonly number: number
  readonly until: number
}

/** Many segments in one file, as its name tells it. */
export interface PackFile {
  readonly path: string
  readonly first: number
  readonly last: number
}

/** A directory with more names than this is slow to list on some file systems. */
const segmentsPerDirectory = 10_000

const generationName = /^(\d{8}T\d{9}Z)-[0-9a-f]{6}$/
const snapshotName = /^(\d{8,})-(\d{8}T\d{9}Z)\.snapshot$/
const packName = /^(\d{8,})-(\d{8,})\.pack$/
const segmentName = /^(\d{8,})-(\d{8}T\d{9}Z)\.segment$/

/** The directory of a new generation; names sort by time. */
export function newGeneration(folder: string, at: number, random: Random): string {
  return join(folder, `${stamp(at)}-${Buffer.from(random.bytes(3)).toString('hex')}`)
}

/** The generations of a folder, oldest first. A folder that is not there has none. */
export function generationsOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => generationName.test(name))
    .toSorted()
    .map((name) => join(folder, name))
    .filter(isBegun)
}

// A crash in its first moment leaves a directory in which nothing is finished.
function isBegun(generation: string): boolean {
  return readdirSync(generation).some((name) => !name.endsWith('.part'))
}

export const headOf = (generation: string): string => join(generation, 'generation.json')
export const endOf = (generation: string): string => join(generation, 'end.json')
export const proofOf = (folder: string): string => join(folder, 'proof.json')

export function snapshotPath(generation: string, segment: number, at: number): string {
  return join(generation, 'snapshots', `${digits(segment)}-${stamp(at)}.snapshot`)
}

export function segmentPath(generation: string, number: number, until: number): string {
  return join(segmentDirectory(generation, number), `${digits(number)}-${stamp(until)}.segment`)
}

/** What a segment that is not there would have been called. */
export function missingSegment(generation: string, number: number): string {
  return join(segmentDirectory(generation, number), `${digits(number)}-*.segment`)
}

/** The snapshots of a generation, oldest first. */
export function snapshotsOf(generation: string): SnapshotFile[] {
  return namesIn(join(generation, 'snapshots'), snapshotName).map(({ path, number, ms }) => ({
    path,
    segment: number,
    at: ms,
  }))
}

/** The segments of a generation that lie in files of their own, in order. */
export function looseSegmentsOf(generation: string): LooseSegment[] {
  return segmentDirectoriesOf(generation).flatMap(looseIn)
}

/** The last of them; found without listing the others. */
export function lastSegmentOf(generation: string): LooseSegment | undefined {
  return segmentDirectoriesOf(generation)
    .toReversed()
    .map((directory) => looseIn(directory).at(-1))
    .find((segment) => segment !== undefined)
}

/** The packs of a generation in order. */
export function packsOf(generation: string): PackFile[] {
  const directory = join(generation, 'packs')
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .toSorted()
    .flatMap((name) => {
      const [, first, last] = packName.exec(name) ?? []
      if (first === undefined || last === undefined) return []
      return [{ path: join(directory, name), first: Number(first), last: Number(last) }]
    })
}

export function packPath(generation: string, first: number, last: number): string {
  return join(generation, 'packs', `${digits(first)}-${digits(last)}.pack`)
}

interface Named {
  readonly path: string
  readonly number: number
  readonly ms: number
}

function namesIn(directory: string, pattern: RegExp): Named[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .toSorted()
    .flatMap((name) => {
      const [, number, at] = pattern.exec(name) ?? []
      if (number === undefined || at === undefined) return []
      return [{ path: join(directory, name), number: Number(number), ms: instantOf(at) }]
    })
}

function segmentDirectoriesOf(generation: string): string[] {
  const log = join(generation, 'log')
  if (!existsSync(log)) return []
  return readdirSync(log)
    .toSorted()
    .map((name) => join(log, name))
}

const looseIn = (directory: string): LooseSegment[] =>
  namesIn(directory, segmentName).map(({ path, number, ms }) => ({ path, number, until: ms }))

function segmentDirectory(generation: string, number: number): string {
  const group = Math.floor(number / segmentsPerDirectory)
  return join(generation, 'log', String(group).padStart(5, '0'))
}

const digits = (number: number): string => String(number).padStart(8, '0')

/** `20260801T101112123Z`, in UTC: sorts as time does, and no file system minds it. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, '')
}

function instantOf(text: string): number {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(text) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
}
