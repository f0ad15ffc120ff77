// Checkpoints: what the chain was at one position, signed by a key that is not in the database.
import { hash } from 'node:crypto'
import { signerOf, isSigned, type Signer } from '../../base/sign.ts'
import type { Keyring } from '../../base/seal.ts'
import type { House } from '../../call/house.ts'
import { storeOf } from '../../call/house.ts'
import type { Session } from '../../store/contract.ts'
import { type Layout, quote, selectList, type StoredRow, valueAt } from '../../store/layout.ts'
import { framed } from './content.ts'
import { checkpoints } from './nouns.ts'

/** The chain at one position, and who says so. */
export interface Checkpoint {
  readonly id: string
  readonly number: number
  readonly position: number
  /** Of the entry at that position. */
  readonly hash: string
  readonly at: string
  /** The hash of the checkpoint before; '' for the first. */
  readonly previous: string
  /** The public key that the signature is checked with. */
  readonly key: string
  readonly signature: string
}

const purpose = 'audit checkpoint'
const version = 'plinth audit checkpoint 1'

/** Who signs; keys are derived, so the database holds none of them. */
export function signer(keys: Keyring): Signer {
  const [current] = signers(keys)
  if (current === undefined) throw new TypeError('a keyring has a current key')
  return current
}

const made = new WeakMap<Keyring, readonly Signer[]>()

/** The signers of every secret that is still known, the current one first. */
export function signers(keys: Keyring): readonly Signer[] {
  const found = made.get(keys) ?? keys.derived(purpose).map(({ bytes }) => signerOf(bytes))
  made.set(keys, found)
  return found
}

const textOf = (told: Omit<Checkpoint, 'signature'>): string =>
  framed(version, [told.id, told.number, told.position, told.hash, told.at, told.previous, told.key])

/** Is it signed by the key it names. Whether that key is ours is another question. */
export const isGenuine = (checkpoint: Checkpoint): boolean =>
  isSigned(checkpoint.key, textOf(checkpoint), checkpoint.signature)

/** A hash of all of it: what the next one holds. */
export const markOf = (checkpoint: Checkpoint): string =>
  hash('sha256', framed(textOf(checkpoint), [checkpoint.signature]), 'base64url')

/** The one to follow the last, if there is one; the chain has that hash at that position. */
export function nextCheckpoint(
  { keys, id, clock }: House,
  last: Checkpoint | undefined,
  head: Pick<Checkpoint, 'position' | 'hash'>,
): Checkpoint {
  const current = signer(keys)
  const told = {
    id: id(),
    number: (last?.number ?? 0) + 1,
    position: head.position,
    hash: head.hash,
    at: clock.now().toISOString(),
    previous: last === undefined ? '' : markOf(last),
    key: current.publicKey,
  }
  return { ...told, signature: current.sign(textOf(told)) }
}

// ---- as rows

/** Writes one down. */
export async function keepCheckpoint(house: House, session: Session, checkpoint: Checkpoint): Promise<void> {
  const rows = storeOf(house, checkpoints.name)
  const values: Readonly<Record<string, string | number>> = {
    ...checkpoint,
    createdAt: checkpoint.at,
    updatedAt: checkpoint.at,
    version: 1,
  }
  await rows.insert(session, [{ row: rows.layout.columns.map(({ name }) => values[name] ?? null), items: [] }])
}

/** The last one. */
export async function lastCheckpoint(house: House, session: Session): Promise<Checkpoint | undefined> {
  const { layout, dialect } = storeOf(house, checkpoints.name)
  const list = selectList(layout, dialect, 't')
  const text = `select ${list} from ${quote(layout.table)} as t order by t."number" desc limit 1`
  const [row] = await session.all({ text, reads: layout.reads }, [])
  return row && readCheckpoint(layout, row)
}

/** A row as the checkpoint it is. */
export function readCheckpoint(layout: Layout, row: StoredRow): Checkpoint {
  const text = (name: string): string => String(valueAt(layout, row, name))
  return {
    id: text('id'),
    number: Number(valueAt(layout, row, 'number')),
    position: Number(valueAt(layout, row, 'position')),
    hash: text('hash'),
    at: text('createdAt'),
    previous: text('previous'),
    key: text('key'),
    signature: text('signature'),
  }
}
