// Entries that were committed and have no place yet.
import type { House } from '../../call/house.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { waiting } from './nouns.ts'

/** An entry that waits. */
export interface Waiting {
  readonly id: string
  readonly content: string
  readonly mac: string
}

/** The oldest ones, in the order in which they will have their places. */
export async function waitingRows({ engine }: House, session: Session, most: number): Promise<Waiting[]> {
  const { dialect } = engine
  const draft = new Draft<number>(dialect)
  const limit = draft.slot('int', (count) => count)
  const id = dialect.read('t."id"', 'uuid')
  const text =
    `select ${id}, t."content", t."mac" from ${quote(waiting.name)} as t ` +
    `order by t."arrival", t."id" limit ${limit}`
  const made = draft.finish(text, ['uuid', 'text', 'text'])
  const rows = await session.all(made.statement, made.values(most))
  return rows.map(([own, content, mac]) => ({ id: String(own), content: String(content), mac: String(mac) }))
}

export interface Asked {
  readonly noun: string
  readonly row: string
  /** Only entries older than this id; undefined for all. */
  readonly before: string | undefined
}

/** Entries that a history looks at while they wait: many times what waits in a second. */
const looked = 10_000

/** Contents of the entries that wait and are of one row, the newest first. */
export async function waitingOf({ engine }: House, session: Session, asked: Asked): Promise<string[]> {
  const { dialect } = engine
  const draft = new Draft<Asked>(dialect)
  const noun = draft.slot('text', (one) => one.noun)
  const row = draft.slot('text', (one) => one.row)
  const before = draft.slot('uuid', (one) => one.before ?? last)
  const newest = `select * from ${quote(waiting.name)} order by "id" desc limit ${looked}`
  const text =
    `select t."content" from (${newest}) as t where t."row" = ${row} and t."noun" = ${noun} and t."id" < ${before} ` +
    `order by t."id" desc`
  const made = draft.finish(text, ['text'])
  return (await session.all(made.statement, made.values(asked))).map(([content]) => String(content))
}

const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
