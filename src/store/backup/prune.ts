// Removes what is older than anybody may want back.
import { rmSync } from 'node:fs'
import { lastTimeOf } from './choose.ts'
import { generationsOf, headOf, looseSegmentsOf, packsOf, snapshotsOf } from './folder.ts'
import type { GenerationHead } from './heads.ts'
import { readPiece } from './piece.ts'

/**
 * Keeps every time since `horizon` (ms) restorable, and always the newest snapshot. Of what a server ships the rest is
 * removed; a copy that somebody asked for is never touched. Answers the paths removed.
 */
export function prune(folder: string, horizon: number): string[] {
  const shipped = generationsOf(folder).filter((generation) => kindOf(generation) === 'shipped')
  const withSnapshot = shipped.filter((generation) => snapshotsOf(generation).length > 0)
  const newest = withSnapshot.at(-1)
  return shipped.flatMap((generation) => {
    // One without a snapshot that is not the last was given up before it could restore anything.
    if (generation !== newest && generation !== shipped.at(-1) && lastTimeOf(generation) < horizon) {
      rmSync(generation, { recursive: true, force: true })
      return [generation]
    }
    return pruneInside(generation, horizon)
  })
}

// The snapshots first: a crash in between leaves segments that nobody asks for, never a snapshot without its segments.
function pruneInside(generation: string, horizon: number): string[] {
  const snapshots = snapshotsOf(generation)
  const base = snapshots.findLast(({ at }) => at <= horizon)
  if (base === undefined) return []
  const old = [
    ...snapshots.filter(({ at }) => at < base.at),
    ...packsOf(generation).filter(({ last }) => last < base.segment),
    ...looseSegmentsOf(generation).filter(({ number }) => number < base.segment),
  ].map(({ path }) => path)
  for (const path of old) rmSync(path, { force: true })
  return old
}

function kindOf(generation: string): string {
  return readPiece<GenerationHead>(headOf(generation), 'generation').head.kind
}
