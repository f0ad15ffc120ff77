// The audit as it lies in a database, read page by page: what `verify` works on, in this process or in another.
import type { Stored } from '../../define/field.ts'
import { readNoun } from '../../define/noun.ts'
import type { AnyResource } from '../../define/resource.ts'
import type { Dialect, Rows, Session } from '../../store/contract.ts'
import { type Layout, layoutOf, quote, type StoredRow } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { said } from './content.ts'
import { checkpoints, entries, waiting } from './nouns.ts'
import type { Waiting } from './waiting.ts'

/** An entry in the chain. */
export interface SealedEntry {
  readonly position: number
  /** Its values in the order of `said`. */
  readonly values: readonly Stored[]
  readonly sound: boolean
  readonly hash: string
  readonly mac: string
  /** Has it been written once, as entries are. */
  readonly untouched: boolean
}

export interface AuditSource {
  /** Entries of the chain, in order. */
  sealed(): AsyncGenerator<SealedEntry>
  /** Entries that wait for their place. */
  waiting(): AsyncGenerator<Waiting & { readonly untouched: boolean }>
  /** Checkpoints by number. */
  checkpoints(): AsyncGenerator<Checkpoint & { readonly untouched: boolean }>
}

/** Rows of one page. */
const page = 1_000
const lowest = Number.MIN_SAFE_INTEGER

const layoutFor = (resource: AnyResource): Layout =>
  layoutOf(readNoun(resource, { derive: undefined, compute: undefined, inverses: [] }))

/** The audit that a session reads. */
export function auditIn(session: Session, dialect: Dialect): AuditSource {
  const [kept, signed, open] = [layoutFor(entries), layoutFor(checkpoints), layoutFor(waiting)]
  const read = { session, dialect }
  return {
    async *sealed() {
      for await (const row of selectFrom(read, kept, ['position', 'id'])) yield readEntry(kept, row)
    },
    async *waiting() {
      for await (const row of selectFrom(read, open, ['id'])) yield readWaiting(open, row)
    },
    async *checkpoints() {
      for await (const row of selectFrom(read, signed, ['number', 'id']))
        yield { ...readCheckpoint(signed, row), untouched: isUntouched(signed, row) }
    },
  }
}

interface Reading {
  readonly session: Session
  readonly dialect: Dialect
}

/** What rows are ordered by, and pages go on after: a number and the id, or the id alone. */
type PageKey = readonly ['id'] | readonly [string, 'id']

const list = (dialect: Dialect, { columns }: Layout): string =>
  columns.map(({ column, storage }) => dialect.read(`t.${quote(column)}`, storage)).join(', ')

async function* selectFrom({ session, dialect }: Reading, layout: Layout, key: PageKey): AsyncGenerator<StoredRow> {
  const draft = new Draft<readonly Stored[]>(dialect)
  const slots = key.map((name, at) => draft.slot(name === 'id' ? 'uuid' : 'int', (after) => after[at] ?? null))
  const columns = key.map((name) => `t.${quote(name)}`)
  const text =
    `select ${list(dialect, layout)} from ${quote(layout.table)} as t ` +
    `where (${columns.join(', ')}) > (${slots.join(', ')}) order by ${columns.join(', ')} limit ${page}`
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
    position: Number(value('position')),
    values: said.map(value),
    sound: value('sound') === true,
    hash: String(value('hash')),
    mac: String(value('mac')),
    untouched: isUntouched(layout, row),
  }
}

function readWaiting(layout: Layout, row: StoredRow): Waiting & { untouched: boolean } {
  const value = (name: string): string => String(row[layout.at.get(name) ?? -1] ?? '')
  return { id: value('id'), content: value('content'), mac: value('mac'), untouched: isUntouched(layout, row) }
}

function isUntouched({ at }: Layout, row: StoredRow): boolean {
  return row[at.get('createdAt') ?? -1] === row[at.get('updatedAt') ?? -1] && row[at.get('version') ?? -1] === 1
}
