// Reads every piece of a backup folder and says which are damaged or missing.
import { BackupError } from './backup_error.ts'
import { endOf, generationsOf, headOf, packsOf, snapshotsOf } from './folder.ts'
import type { EndHead, GenerationHead, PackHead, SnapshotHead } from './heads.ts'
import { checkPiece, readPiece } from './piece.ts'
import { between, readSegment, segmentsOf, type SegmentFile } from './segments.ts'

/** What was read, and what is wrong with it; each problem names its file. */
export interface PiecesChecked {
  readonly pieces: number
  readonly bytes: number
  readonly problems: readonly string[]
}

/** Told how far it is; `of` is undefined where nobody knows. */
export type Report = (done: number, of: number | undefined, what: string) => void

interface Tally {
  pieces: number
  bytes: number
  readonly problems: string[]
}

/** Checks every generation. Problems are answered, not thrown; other failures of the disk are thrown. */
export async function checkPieces(folder: string, report: Report = () => undefined): Promise<PiecesChecked> {
  const tally: Tally = { pieces: 0, bytes: 0, problems: [] }
  const generations = generationsOf(folder)
  if (generations.length === 0) tally.problems.push(`${folder} holds no backup`)
  for (const generation of generations) await checkGeneration(generation, tally, report)
  return tally
}

async function checkGeneration(generation: string, tally: Tally, report: Report): Promise<void> {
  // The end before the list: what is shipped meanwhile only makes the list longer.
  const end = (await collected(tally, () => counted(tally, readPiece<EndHead>(endOf(generation), 'end'))))?.head
  const head = await collected(tally, () => counted(tally, readPiece<GenerationHead>(headOf(generation), 'generation')))
  const snapshots = snapshotsOf(generation)
  for (const { path } of snapshots) {
    await collected(tally, async () => counted(tally, await checkPiece<SnapshotHead>(path, 'snapshot')))
    report(tally.pieces, undefined, 'pieces read')
  }
  for (const { path } of packsOf(generation)) {
    await collected(tally, () => checkPiece<PackHead>(path, 'pack'))
  }
  // What lies before the first snapshot nobody can ask for, and retention may have removed half of it.
  const from = snapshots[0]?.segment ?? 1
  const all = segmentsOf(generation)
  const last = Math.max(end?.number ?? 0, all.at(-1)?.number ?? 0, snapshots.at(-1)?.segment ?? 0)
  const segments = await collected(tally, () => between(generation, all, from, last))
  if (segments === undefined) return
  const lastSha = await checkChain(segments, head?.sha256, { tally, report })
  const isWhole = tally.problems.length === 0 && end !== undefined
  if (isWhole && segments.at(-1)?.number === end.number && lastSha !== end.sha256) {
    tally.problems.push(`${endOf(generation)} does not fit ${segments.at(-1)?.path}`)
  }
}

async function checkChain(
  segments: readonly SegmentFile[],
  generationSha: string | undefined,
  { tally, report }: { tally: Tally; report: Report },
): Promise<string | undefined> {
  let previous = segments[0]?.number === 1 ? generationSha : undefined
  for (const [at, file] of segments.entries()) {
    const piece = await collected(tally, () => readSegment(file, previous))
    if (piece !== undefined) counted(tally, { bytes: piece.body.length })
    previous = piece?.sha256
    report(at + 1, segments.length, 'segments read')
  }
  return previous
}

function counted<T extends object>(tally: Tally, piece: T): T {
  tally.pieces += 1
  if ('bytes' in piece && typeof piece.bytes === 'number') tally.bytes += piece.bytes
  return piece
}

async function collected<T>(tally: Tally, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    tally.problems.push(error.message)
    return undefined
  }
}
