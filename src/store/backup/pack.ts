// Puts old segments together: two files a second would be more than a million in a week.
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { looseSegmentsOf, packPath, type LooseSegment } from './folder.ts'
import type { PackHead } from './heads.ts'
import { readPiece, writePiece } from './piece.ts'

/** Segments in one pack, and the bytes after which one is full: it is made in memory, between two shipments. */
const mostSegments = 500
const mostBytes = 32 * 1024 * 1024

/**
 * Packs the oldest segments while more than twice a pack are loose; the newest always stay so. Answers how many were
 * packed. Fails with BackupError where one of them is damaged: it stays as it is.
 */
export function packOld(generation: string, segmentsInPack: number = mostSegments): number {
  const loose = looseSegmentsOf(generation)
  let packed = 0
  while (loose.length - packed >= 2 * segmentsInPack) {
    packed += packOne(generation, loose.slice(packed, packed + segmentsInPack))
  }
  return packed
}

function packOne(generation: string, candidates: readonly LooseSegment[]): number {
  const chosen: LooseSegment[] = []
  const bodies: Buffer[] = []
  let bytes = 0
  for (const segment of candidates) {
    if (chosen.length > 0 && bytes >= mostBytes) break
    readPiece(segment.path, 'segment') // a damaged one must not get a new checksum around it
    const body = readFileSync(segment.path)
    chosen.push(segment)
    bodies.push(body)
    bytes += body.length
  }
  const [first, last] = [chosen[0], chosen.at(-1)]
  if (first === undefined || last === undefined) return 0
  const segments = chosen.map(({ number, until }, at) => [number, until, bodies[at]?.length ?? 0] as const)
  const head: PackHead = { type: 'pack', segments }
  writePiece(packPath(generation, first.number, last.number), head, Buffer.concat(bodies))
  for (const { path } of chosen) rmSync(path)
  for (const directory of new Set(chosen.map(({ path }) => dirname(path)))) removeIfEmpty(directory)
  return chosen.length
}

function removeIfEmpty(directory: string): void {
  if (readdirSync(directory).length === 0) rmdirSync(directory)
}
