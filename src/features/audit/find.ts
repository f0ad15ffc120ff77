// The entries of one request, wherever they are: waiting for their place, or in the chain.
import { readNoun } from '../../define/noun.ts'
import type { Stored } from '../../define/field.ts'
import type { Dialect, Session } from '../../store/contract.ts'
import { layoutOf, quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { readContent, type Said, said } from './content.ts'
import { entries } from './nouns.ts'
import { auditIn } from './source.ts'

/** What an entry says, by the names of its columns; before and after as JSON. */
export type Entry = { readonly [name in Said]: string | null }

/** Entries that one request may have: a batch of a hundred operations, each of a few rows. */
const most = 1_000

/** The entries of a request, in the order of their ids. It reads the chain as a whole, for nothing is looked up so. */
export async function entriesOf(session: Session, dialect: Dialect, request: string): Promise<Entry[]> {
  const found: (readonly Stored[])[] = []
  for await (const { content } of auditIn(session, dialect).waiting()) {
    const values = content.includes(request) ? readContent(content) : undefined
    if (values !== undefined && values[said.indexOf('request')] === request) found.push(values)
  }
  found.push(...(await chained(session, dialect, request)))
  return found.map(entryOf).toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
}

const entryOf = (values: readonly Stored[]): Entry =>
  // Every name of `said` has its value, in its place; Object.fromEntries forgets the names.
  Object.fromEntries(said.map((name, at) => [name, textOf(values[at])])) as Entry

const textOf = (value: Stored | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

async function chained(session: Session, dialect: Dialect, request: string): Promise<(readonly Stored[])[]> {
  const layout = layoutOf(readNoun(entries, { derive: undefined, compute: undefined, inverses: [] }))
  const columns = said.map((name) => layout.columns[layout.at.get(name) ?? -1]!)
  const draft = new Draft<string>(dialect)
  const list = columns.map(({ column, storage }) => dialect.read(`t.${quote(column)}`, storage)).join(', ')
  const same = draft.slot('text', (one) => one)
  const text = `select ${list} from ${quote(layout.table)} as t where t."request" = ${same} limit ${most}`
  const made = draft.finish(
    text,
    columns.map(({ storage }) => storage),
  )
  return [...(await session.all(made.statement, made.values(request)))]
}
