// Seals entries after their commit: a place in one chain, a hash over the entry and the one before, checkpoints.
import { auditLimits } from '../../base/limits.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { OpenWrite } from '../../call/work.ts'
import { write } from '../../call/write.ts'
import type { Stored } from '../../define/field.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { type Placed, type Sequence, sequence } from '../outbox/index.ts'
import { channels } from './channels.ts'
import { type Checkpoint, keepCheckpoint, lastCheckpoint, nextCheckpoint } from './checkpoint.ts'
import { beginning, codePurpose, contentOf, hashOf, said } from './content.ts'
import { checkpoints, entries } from './nouns.ts'

/** Seals the oldest entries without a place, and answers how many. */
export const sealNext = (house: House): Promise<number> => sequence(house, orderOf(house))

const orders = new WeakMap<House, Sequence>()

function orderOf(house: House): Sequence {
  const found = orders.get(house)
  if (found !== undefined) return found
  const reads = [...said, 'arrival', 'mac']
  const fill = {
    reads,
    fields: ['sound', 'hash'],
    values: (batch: readonly Placed[], open: OpenWrite) => sealAll(house, batch, open),
  }
  const made = { noun: entries.name, wakes: channels.sealed, fill }
  orders.set(house, made)
  return made
}

async function sealAll(house: House, batch: readonly Placed[], { session }: OpenWrite): Promise<Stored[][]> {
  let before = await hashBefore(house, session, batch[0]?.position ?? 1)
  const sealed: Stored[][] = []
  for (const { position, values } of batch) {
    const content = contentOf(values.slice(0, said.length))
    const [arrival, mac] = values.slice(said.length)
    const sound = house.keys.isMac(codePurpose, content, String(mac))
    if (!sound) house.log.error({ position }, 'An entry of the audit was not written by this app, or changed since.')
    before = hashOf({ before, position, sound, arrival, mac, content })
    sealed.push([sound, before])
    if (position % auditLimits.checkpointEntries === 0) await sign(house, session, { position, hash: before })
  }
  return sealed
}

/** Signs the newest entry where the last checkpoint is older than a minute, or at once. Answers how many it made. */
export async function signNewest(house: House, atOnce = false): Promise<number> {
  const look = { all: house.engine.query.bind(house.engine) }
  const [head, last] = [await headOf(house, look), await lastCheckpoint(house, look)]
  if (head === undefined || !isDue(house, last, head.position, atOnce)) return 0
  return write(house, { name: 'audit checkpoint', isolation: 'locked' }, async ({ session }) => {
    // The lock of those who seal: the head does not move meanwhile, and two checkpoints never follow one.
    if (!(await session.tryLock(`plinth sequence ${entries.name}`))) return 0
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

type Head = Pick<Checkpoint, 'position' | 'hash'>

async function sign(house: House, session: Session, head: Head): Promise<void> {
  await keepCheckpoint(house, session, nextCheckpoint(house, await lastCheckpoint(house, session), head))
}

async function headOf(house: House, session: Session): Promise<Head | undefined> {
  const text =
    `select "position", "hash" from ${quote(entries.name)} where "position" is not null ` +
    `order by "position" desc limit 1`
  const [row] = await session.all({ text, reads: ['int', 'text'] }, [])
  return row && { position: Number(row[0]), hash: String(row[1]) }
}

/** The hash that the entry at a position follows. */
async function hashBefore(house: House, session: Session, position: number): Promise<string> {
  if (position === 1) return beginning
  for (const { name } of [entries, checkpoints]) {
    const { dialect } = storeOf(house, name)
    const draft = new Draft<number>(dialect)
    const at = draft.slot('int', (before) => before)
    const made = draft.finish(`select "hash" from ${quote(name)} where "position" = ${at}`, ['text'])
    const [row] = await session.all(made.statement, made.values(position - 1))
    if (row !== undefined) return String(row[0])
  }
  // Somebody took it away. The chain goes on from here, so that later entries are protected; `verify` tells of the gap.
  house.log.error({ position: position - 1 }, 'The newest sealed entry of the audit is gone.')
  return beginning
}
