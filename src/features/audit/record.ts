// Writes down who did what, in the commit that does it: one statement for a call, whatever it changed.
import type { Problem } from '../../base/pure/problem.ts'
import { storeOf } from '../../call/house.ts'
import type { Change, Sweep, Work } from '../../call/work.ts'
import type { Stored } from '../../define/field.ts'
import type { Dialect } from '../../store/contract.ts'
import { type Layout, quote, type StoredRow } from '../../store/layout.ts'
import type { RowStore } from '../../store/row_store.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { channels } from './channels.ts'
import { codePurpose, contentOf, said } from './content.ts'
import { differenceOf } from './difference.ts'
import { entries } from './nouns.ts'

/** Entries that one statement takes; a call that changes more rows takes several. */
const perStatement = 100

/** Records the work: an entry for each audited row it changed, or one for a call that changed none or was refused. */
export function record(work: Work, refused: Problem | undefined): void | Promise<void> {
  const { deed, changes, sweeps, house } = work
  const told: Values[] = [
    ...changes.filter(({ rows }) => rows.noun.audited).map(saidOf),
    ...sweeps.filter(({ rows }) => rows?.noun.audited !== false).map(saidOfSweep),
  ]
  if (told.length === 0) {
    if (deed.on?.noun.audited !== true) return undefined
    told.push({})
  }
  const rows = storeOf(house, entries.name)
  const outcome = refused?.code ?? 'done'
  const made = told.map((said) => entryOf(work, rows, { outcome, ...said }))
  work.channels.add(channels.recorded)
  return insert(work, rows, made)
}

type Values = Readonly<Record<string, Stored>>

function saidOf(change: Change): Values {
  const { before, after, withheld, change: how } = differenceOf(change)
  return {
    noun: change.rows.noun.name,
    row: (change.after ?? change.before)?.row[0] ?? null,
    change: how,
    before: before === undefined ? null : JSON.stringify(before),
    after: after === undefined ? null : JSON.stringify(after),
    withheld: withheld.length === 0 ? null : withheld.join(' '),
  }
}

// Which rows they are, the statement does not say.
function saidOfSweep({ rows, change, count }: Sweep): Values {
  return { noun: rows?.noun.name ?? null, change: change ?? null, after: JSON.stringify({ rows: count }) }
}

function entryOf({ deed, now, house }: Work, rows: RowStore, told: Values): StoredRow {
  const { caller, origin, on } = deed
  const at = now.toISOString()
  const values: Values = {
    id: house.id(),
    createdAt: at,
    updatedAt: at,
    version: 1,
    operation: deed.operation.slice(0, 300),
    target: on?.row ?? null,
    caller: caller.id,
    session: caller.session ?? null,
    key: caller.key ?? null,
    address: given(origin.address),
    request: given(origin.requestId),
    ...told,
  }
  const mac = house.keys.mac(codePurpose, contentOf(said.map((name) => values[name])))
  return rows.layout.columns.map(({ name }) => (name === 'mac' ? mac : (values[name] ?? null)))
}

const given = (text: string): string | null => (text === '' ? null : text)

async function insert({ session }: Work, { layout, dialect }: RowStore, made: readonly StoredRow[]): Promise<void> {
  for (let at = 0; at < made.length; at += perStatement) {
    const part = made.length <= perStatement ? made : made.slice(at, at + perStatement)
    const statement = statementFor(layout, dialect, part.length)
    await session.all(statement.statement, statement.values(part))
  }
}

const statements = new WeakMap<Layout, Shapes<Prepared<readonly StoredRow[]>>>()

function statementFor(layout: Layout, dialect: Dialect, count: number): Prepared<readonly StoredRow[]> {
  let shapes = statements.get(layout)
  if (shapes === undefined) statements.set(layout, (shapes = new Shapes(perStatement)))
  return shapes.get(String(count), () => makeStatement(layout, dialect, count))
}

/** What is written by whoever inserts; the rest comes with the seal. */
const sealed = new Set(['position', 'sound', 'hash'])

function makeStatement(layout: Layout, dialect: Dialect, count: number): Prepared<readonly StoredRow[]> {
  const draft = new Draft<readonly StoredRow[]>(dialect)
  const written = layout.columns.map((column, at) => ({ ...column, at })).filter(({ name }) => !sealed.has(name))
  const tuples = Array.from({ length: count }, (_, index) => {
    const slots = written.map(({ name, storage, at }) =>
      name === 'arrival' ? dialect.arrival(layout.table) : draft.slot(storage, (rows) => rows[index]?.[at] ?? null),
    )
    return `(${slots.join(', ')})`
  })
  const names = written.map(({ column }) => quote(column)).join(', ')
  return draft.finish(`insert into ${quote(layout.table)} (${names}) values ${tuples.join(', ')}`, [])
}
