// Forgets entries that need not be kept any more, up to a checkpoint, so that what is left still begins at a signature.
import { type House, storeOf } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import type { Session } from '../../store/contract.ts'
import { quote, selectList } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { isOld } from './findings.ts'
import { checkpoints, entries } from './nouns.ts'
import { chainLock } from './seal.ts'

/** Forgets the oldest entries up to one checkpoint, where they are old enough, and answers how many steps that was. */
export async function forgetOldest(house: House): Promise<number> {
  if ((await oldestToForget(house, { all: house.engine.query.bind(house.engine) })) === undefined) return 0
  return write(house, { name: 'audit retention', isolation: 'locked' }, async ({ session }) => {
    if (!(await session.tryLock(chainLock))) return 0
    const base = await oldestToForget(house, session)
    if (base === undefined) return 0
    await deleteUpTo(house, session, entries.name, 'position', base.position)
    await deleteUpTo(house, session, checkpoints.name, 'number', base.number - 1)
    return 1
  })
}

/** The checkpoint that what is left shall begin at: the oldest, or the one after it; undefined where all is kept. */
async function oldestToForget(house: House, session: Session): Promise<Checkpoint | undefined> {
  const now = house.clock.ms()
  const [first, second] = await oldest(house, session)
  if (first === undefined || !isOld(first, now)) return undefined
  if (await coversAny(house, session, first)) return first
  return second !== undefined && isOld(second, now) ? second : undefined
}

async function oldest(house: House, session: Session): Promise<Checkpoint[]> {
  const { layout, dialect } = storeOf(house, checkpoints.name)
  const text = `select ${selectList(layout, dialect, 't')} from ${quote(layout.table)} as t order by t."number" limit 2`
  return (await session.all({ text, reads: layout.reads }, [])).map((row) => readCheckpoint(layout, row))
}

async function coversAny({ engine }: House, session: Session, { position }: Checkpoint): Promise<boolean> {
  const draft = new Draft<number>(engine.dialect)
  const to = draft.slot('int', (place) => place)
  const made = draft.finish(`select 1 from ${quote(entries.name)} where "position" <= ${to} limit 1`, ['int'])
  return (await session.all(made.statement, made.values(position))).length > 0
}

async function deleteUpTo(
  { engine }: House,
  session: Session,
  table: string,
  column: string,
  to: number,
): Promise<void> {
  const draft = new Draft<number>(engine.dialect)
  const most = draft.slot('int', (last) => last)
  const made = draft.finish(`delete from ${quote(table)} where ${quote(column)} <= ${most}`, [])
  await session.all(made.statement, made.values(to))
}
