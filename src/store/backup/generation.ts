// Begins a generation in a folder, which holds the backups of one database and no other.
import type { Random } from '../../base/random.ts'
import { BackupError } from './backup_error.ts'
import { endOf, generationsOf, headOf, newGeneration } from './folder.ts'
import type { EndHead, GenerationHead } from './heads.ts'
import { readPiece, writePiece } from './piece.ts'

/** Writes the head and the end of a new generation; answers its directory and the checksum of its head. */
export function beginGeneration(
  folder: string,
  head: Omit<GenerationHead, 'type'>,
  random: Random,
): { readonly generation: string; readonly sha256: string } {
  const generation = newGeneration(folder, head.startedAt, random)
  const { sha256 } = writePiece(headOf(generation), { ...head, type: 'generation' })
  writeEnd(generation, { number: 0, sha256 })
  return { generation, sha256 }
}

/** Says what must be there at least; one that is behind does no harm. */
export function writeEnd(generation: string, { number, sha256 }: Pick<EndHead, 'number' | 'sha256'>): void {
  const head: EndHead = { type: 'end', number, sha256 }
  writePiece(endOf(generation), head)
}

/** Fails with BackupError where the folder holds backups of another database: a restore takes the newest of all. */
export function refuseForeign(folder: string, database: string): void {
  const known = generationsOf(folder).map(databaseOf)
  const other = known.findLast((one) => one !== undefined)
  if (other === undefined || other === database) return
  throw new BackupError(`${folder} holds the backups of ${other}; give ${database} a folder of its own`)
}

// A damaged piece of an older backup must not keep a new one from being made; verifying names it.
function databaseOf(generation: string): string | undefined {
  try {
    return readPiece<GenerationHead>(headOf(generation), 'generation').head.database
  } catch (error) {
    if (error instanceof BackupError) return undefined
    throw error
  }
}
