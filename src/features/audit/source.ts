// The audit as it lies in a database, read page by page: what `verify` works on, in this process or in another.
import type { Stored } from '../../define/field.ts'
import { readNoun } from '../../define/noun.ts'
import type { AnyResource } from '../../define/resource.ts'
import type { Dialect, Rows, Session } from '../../store/contract.ts'
import { type Layout, layoutOf, quote, type StoredRow } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { sequences } from '../outbox/index.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { said } from './content.ts'
import { checkpoints, entries } from './nouns.ts'

/** An entry with its seal. */
export interface SealedEntry {
  readonly id: string
  readonly position: number
  /** Its values in the order of `said`. */
  readonly values: readonly Stored[]
  readonly arrival: Stored
  readonly mac: Stored
  readonly sound: boolean
  readonly hash: Stored
  /** Has it been written once, as entries are. */
  readonly untouched: boolean
}

export interface AuditSource {
  /** Sealed entries in the order of their places. */
  sealed(): AsyncGenerator<SealedEntry>
  /** Entries that wait for theirs. */
  waiting(): AsyncGenerator<SealedEntry>
  /** Checkpoints by number. */
  checkpoints(): AsyncGenerator<Checkpoint & { readonly untouched: boolean }>
  newest(): Promise<Checkpoint | undefined>
  /** The last place that was given; 0 before the first. */
  lastPlace(): Promise<number>
}

/** Rows of one page. */
const page = 1_000
const lowest = Number.MIN_SAFE_INTEGER

const layoutFor = (resource: AnyResource): Layout =>
  layoutOf(readNoun(resource, { derive: undefined, compute: undefined, inverses: [] }))

/** The audit that a session reads. */
export function auditIn(session: Session, dialect: Dialect): AuditSource {
  const kept = layoutFor(entries)
  const signed = layoutFor(checkpoints)
  const read = { session, dialect }
  return {
    async *sealed() {
      const select = selectFrom(read, kept, { where: '"position" is not null', key: ['position', 'id'] })
      for await (const row of select) yield readEntry(kept, row)
    },
    async *waiting() {
      for await (const row of selectFrom(read, kept, { where: '"position" is null', key: ['id'] }))
        yield readEntry(kept, row)
    },
    async *checkpoints() {
      for await (const row of selectFrom(read, signed, { where: 'true', key: ['number', 'id'] }))
        yield { ...readCheckpoint(signed, row), untouched: isUntouched(signed, row) }
    },
    newest: async () => {
      const text = `select ${list(dialect, signed)} from ${quote(signed.table)} as t order by "number" desc limit 1`
      const [row] = await session.all({ text, reads: signed.reads }, [])
      return row && readCheckpoint(signed, row)
    },
    lastPlace: async () => {
      const draft = new Draft<null>(dialect)
      const name = draft.slot('text', () => entries.name)
      const made = draft.finish(`select "last" from ${quote(sequences.name)} where "name" = ${name}`, ['int'])
      const [row] = await session.all(made.statement, made.values(null))
      return Number(row?.[0] ?? 0)
    },
  }
}

interface Reading {
  readonly session: Session
  readonly dialect: Dialect
}

interface Select {
  readonly where: string
  /** What the rows are ordered by, and pages go on after: a number and the id, or the id alone. */
  readonly key: readonly ['id'] | readonly [string, 'id']
}

const list = (dialect: Dialect, { columns }: Layout): string =>
  columns.map(({ column, storage }) => dialect.read(`t.${quote(column)}`, storage)).join(', ')

async function* selectFrom(
  { session, dialect }: Reading,
  layout: Layout,
  { where, key }: Select,
): AsyncGenerator<StoredRow> {
  const draft = new Draft<readonly Stored[]>(dialect)
  const slots = key.map((name, at) => draft.slot(name === 'id' ? 'uuid' : 'int', (after) => after[at] ?? null))
  const columns = key.map((name) => `t.${quote(name)}`)
  const text =
    `select ${list(dialect, layout)} from ${quote(layout.table)} as t where ${where} ` +
    `and (${columns.join(', ')}) > (${slots.join(', ')}) order by ${columns.join(', ')} limit ${page}`
  const made = draft.finish(text, layout.reads)
  let after: readonly Stored[] = key.length === 1 ? [nil] : [lowest, nil]
  for (;;) {
    const rows: Rows = await session.all(made.statement, made.values(after))
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < page) return
    after = key.map((name) => last[layout.at.get(name) ?? -1] ?? null)
  }
}

const nil = '00000000-0000-0000-0000-000000000000'

function readEntry(layout: Layout, row: StoredRow): SealedEntry {
  const value = (name: string): Stored => row[layout.at.get(name) ?? -1] ?? null
  return {
    id: String(row[0]),
    position: Number(value('position')),
    values: said.map(value),
    arrival: value('arrival'),
    mac: value('mac'),
    sound: value('sound') === true,
    hash: value('hash'),
    untouched: isUntouched(layout, row),
  }
}

function isUntouched({ at }: Layout, row: StoredRow): boolean {
  return row[at.get('createdAt') ?? -1] === row[at.get('updatedAt') ?? -1] && row[at.get('version') ?? -1] === 1
}
