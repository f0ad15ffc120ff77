// Seals entries after their commit: moves them into one chain, each with a hash over itself and the one before.
import { auditLimits } from '../../base/limits.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { OpenWrite } from '../../call/work.ts'
import { write } from '../../call/write.ts'
import type { Stored } from '../../define/field.ts'
import type { Session } from '../../store/contract.ts'
import { quote, type StoredRow } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { channels } from './channels.ts'
import { type Checkpoint, keepCheckpoint, lastCheckpoint, nextCheckpoint } from './checkpoint.ts'
import { beginning, hashOf, linkText, purposes, readContent, said } from './content.ts'
import { entries, waiting } from './nouns.ts'
import { type Waiting, waitingRows } from './waiting.ts'

/** Whoever seals, signs or forgets holds this: the chain has one end. */
export const chainLock = 'plinth audit'

/** The end of the chain. */
export type Head = Pick<Checkpoint, 'position' | 'hash'>

/** Seals the oldest entries that wait, and answers how many; 0 too where another process is at it. */
export async function sealNext(house: House, most: number = auditLimits.sealedAtOnce): Promise<number> {
  return write(house, { name: 'audit seal', isolation: 'locked' }, async (open) => {
    const { session } = open
    if (!(await session.tryLock(chainLock))) return 0
    const found = await waitingRows(house, session, most)
    if (found.length === 0) return 0
    const fresh = await withoutSealed(house, session, found)
    await chain(house, open, fresh)
    await forget(house, session, found)
    open.channels.add(channels.sealed)
    return found.length
  })
}

async function chain(house: House, { session }: OpenWrite, fresh: readonly Waiting[]): Promise<void> {
  let head = (await headOf(house, session)) ?? { position: 0, hash: beginning }
  const rows: StoredRow[] = []
  const signed: Head[] = []
  for (const entry of fresh) {
    const { row, next } = sealed(house, entry, head)
    rows.push(row)
    head = next
    if (head.position % auditLimits.checkpointEntries === 0) signed.push(head)
  }
  await storeOf(house, entries.name).insert(
    session,
    rows.map((row) => ({ row, items: [] })),
  )
  for (const one of signed) await sign(house, session, one)
}

function sealed(house: House, { id, content, mac: code }: Waiting, head: Head): { row: StoredRow; next: Head } {
  const position = head.position + 1
  const read = readContent(content)
  const sound = read !== undefined && read[0] === id && house.keys.isMac(purposes.waiting, content, code)
  if (!sound) house.log.error({ position }, 'An entry of the audit was not written by this app, or was changed since.')
  // Of what is not ours nothing but the id is believed; that it was there is told, and signed.
  const values = sound ? read : said.map((name): Stored => (name === 'id' ? id : (unsound(house)[name] ?? null)))
  const text = linkText({ before: head.hash, position, sound, values })
  const mac = house.keys.mac(purposes.chained, text)
  const hash = hashOf(text, mac)
  const named: Record<string, Stored> = Object.fromEntries(said.map((name, at) => [name, values[at] ?? null]))
  const all: Record<string, Stored> = {
    ...named,
    position,
    sound,
    hash,
    mac,
    updatedAt: named['createdAt'] ?? null,
    version: 1,
  }
  const { layout } = storeOf(house, entries.name)
  return { row: layout.columns.map(({ name }) => all[name] ?? null), next: { position, hash } }
}

const unsound = ({ clock }: House): Record<string, Stored> => ({
  createdAt: clock.now().toISOString(),
  operation: 'unknown',
  outcome: 'not ours',
})

// Somebody who kept a copy of an entry that waited may put it back; it has its place already.
async function withoutSealed(house: House, session: Session, found: readonly Waiting[]): Promise<readonly Waiting[]> {
  const rows = storeOf(house, entries.name)
  const ids = found.map(({ id }) => id)
  const known = new Set<Stored>()
  for (let at = 0; at < ids.length; at += 100) {
    const read = rows.readById({ seen: undefined, count: 100 })
    const values = read.values({ ids: ids.slice(at, at + 100), caller: { id: null, tenant: null } })
    for (const row of await session.all(read.statement, values)) known.add(row[0] ?? null)
  }
  if (known.size === 0) return found
  house.log.error({ count: known.size }, 'Entries of the audit were put back that have their place already.')
  return found.filter(({ id }) => !known.has(id))
}

async function forget({ engine }: House, session: Session, found: readonly Waiting[]): Promise<void> {
  for (let at = 0; at < found.length; at += 100) {
    const part = found.slice(at, at + 100)
    const draft = new Draft<null>(engine.dialect)
    const slots = part.map(({ id }) => draft.slot('uuid', () => id))
    const made = draft.finish(`delete from ${quote(waiting.name)} where "id" in (${slots.join(', ')})`, [])
    await session.all(made.statement, made.values(null))
  }
}

/** Signs the end of the chain where the last checkpoint is older than a minute, or at once; answers how many. */
export async function signNewest(house: House, atOnce = false): Promise<number> {
  const look: Session = { all: (statement, values) => house.engine.query(statement, values) }
  const [head, last] = [await headOf(house, look), await lastCheckpoint(house, look)]
  if (head === undefined || !isDue(house, last, head.position, atOnce)) return 0
  return write(house, { name: 'audit checkpoint', isolation: 'locked' }, async ({ session }) => {
    if (!(await session.tryLock(chainLock))) return 0
    const now = await headOf(house, session)
    if (now === undefined || now.position <= ((await lastCheckpoint(house, session))?.position ?? 0)) return 0
    await sign(house, session, now)
    return 1
  })
}

function isDue({ clock }: House, last: Checkpoint | undefined, position: number, atOnce: boolean): boolean {
  if (last === undefined) return true
  if (position <= last.position) return false
  return atOnce || clock.ms() - Date.parse(last.at) >= auditLimits.checkpointMs
}

async function sign(house: House, session: Session, head: Head): Promise<void> {
  await keepCheckpoint(house, session, nextCheckpoint(house, await lastCheckpoint(house, session), head))
}

/** The end of the chain; where all entries were old enough to go, what the last checkpoint says of it. */
async function headOf(house: House, session: Session): Promise<Head | undefined> {
  const text = `select "position", "hash" from ${quote(entries.name)} order by "position" desc limit 1`
  const [row] = await session.all({ text, reads: ['int', 'text'] }, [])
  if (row !== undefined) return { position: Number(row[0]), hash: String(row[1]) }
  return lastCheckpoint(house, session)
}
