// Puts a whole database into a backup folder, as a read transaction sees it, while others write.
import { createReadStream, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import { snapshotPath } from '../../backup/folder.ts'
import type { Place, SnapshotHead } from '../../backup/heads.ts'
import { writeLargePiece } from '../../backup/piece.ts'

/** Pages copied between two looks at the event loop. */
const pagesAStep = 1_000

export interface SnapshotOptions {
  readonly generation: string
  readonly at: number
  readonly place: Place
  readonly segment: number
  /** Asked now and then; true gives up. */
  readonly isCancelled?: () => boolean
  readonly report?: (done: number, of: number) => void
}

/**
 * Copies page for page what the connection's open read transaction sees, however long it takes. The copy lies beside
 * the snapshot meanwhile, so the folder needs room for both. Fails as the disk does, and with an error when cancelled.
 */
export async function writeSnapshot(connection: DatabaseSync, options: SnapshotOptions): Promise<void> {
  const { generation, at, place, segment } = options
  const copy = join(generation, 'copy.part')
  const remove = (): void => {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
  }
  remove()
  try {
    await backup(connection, copy, { rate: pagesAStep, progress: (step) => checked(options, step) })
    const head: SnapshotHead = { type: 'snapshot', at, place, segment, bytes: statSync(copy).size }
    await pipeline(createReadStream(copy), createZstdCompress(), async (packed: AsyncIterable<Buffer>) => {
      await writeLargePiece(snapshotPath(generation, segment, at), head, unlessCancelled(options, packed))
    })
  } finally {
    remove()
  }
}

function checked(options: SnapshotOptions, step: { totalPages: number; remainingPages: number }): void {
  refuseIfCancelled(options)
  options.report?.(step.totalPages - step.remainingPages, step.totalPages)
}

async function* unlessCancelled(options: SnapshotOptions, parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    refuseIfCancelled(options)
    yield part
  }
}

function refuseIfCancelled({ isCancelled }: SnapshotOptions): void {
  if (isCancelled?.() === true) throw new Error('the snapshot was given up')
}
