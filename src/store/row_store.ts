// A noun's rows as wholes: the row, its items, its words and folded keys, read and written together.
import { fold, wordsOf } from '../base/pure/text.ts'
import type { Stored } from '../define/field.ts'
import type { Noun, NounField, NounItems } from '../define/noun.ts'
import { type Expr, keyOf } from '../define/predicate.ts'
import type { Dialect, Rows, Session } from './contract.ts'
import { itemsLayoutOf, type Layout, layoutOf, quote, selectList, type StoredRow, valueAt } from './layout.ts'
import { conjunction, Draft, type Prepared, Shapes } from './sql.ts'
import { tenantColumn, wordColumns, wordsTable } from './tables.ts'
import { type CallerFacts, type Nouns, whereSql } from './where.ts'
import * as write from './write.ts'

/** A row with its items, in the order of `noun.items`. */
export interface Whole {
  readonly row: StoredRow
  readonly items: readonly (readonly StoredRow[])[]
}

export interface ReadInput {
  readonly ids: readonly string[]
  readonly caller: CallerFacts
}

export interface JudgeInput {
  readonly row: StoredRow
  readonly caller: CallerFacts
}

/** What a read asks of the row besides its id. */
export interface ReadShape {
  /** Rules one of which must hold for the row to be seen; undefined sees all. */
  readonly seen: readonly Expr[] | undefined
  /** Rules whose truth is answered in one more column; undefined adds none. */
  readonly allowed?: readonly Expr[] | undefined
  readonly lock?: boolean
  /** Ids asked at once; lists are padded to a few sizes so that statements are few. */
  readonly count: number
}

interface ItemsStore {
  readonly items: NounItems
  readonly layout: Layout
  readonly columns: readonly write.WrittenColumn[]
}

/** Sizes that lists of ids are padded to. */
const sizes = [1, 5, 20, 100, 500] as const
export const padded = (count: number): number => sizes.find((size) => size >= count) ?? count

/** Rows that one insert statement takes at most: below every engine's limit of parameters for wide tables too. */
const rowsPerInsert = 100

export class RowStore {
  readonly noun: Noun
  readonly layout: Layout
  readonly dialect: Dialect
  readonly nouns: Nouns
  readonly columns: readonly write.WrittenColumn[]
  readonly items: readonly ItemsStore[]
  readonly #reads = new Shapes<Prepared<ReadInput>>(200)
  readonly #judges = new Shapes<Prepared<JudgeInput>>(50)
  readonly #writes = new Shapes<Prepared<never>>(200)

  constructor(noun: Noun, nouns: Nouns, dialect: Dialect) {
    this.noun = noun
    this.nouns = nouns
    this.dialect = dialect
    this.layout = layoutOf(noun)
    this.columns = writtenColumns(this.layout, noun.fields)
    this.items = noun.items.map((items) => {
      const layout = itemsLayoutOf(items)
      return { items, layout, columns: writtenColumns(layout, items.fields) }
    })
  }

  /** The statement that reads rows by id; cached by shape. */
  readById(shape: ReadShape): Prepared<ReadInput> {
    const rules = [shape.seen, shape.allowed].map((some) => (some === undefined ? '' : keyOf(some)))
    const key = `${shape.count}${shape.lock ? 'l' : ''} ${rules.join(' ')}`
    return this.#reads.get(key, () => this.#makeRead(shape))
  }

  #makeRead(shape: ReadShape): Prepared<ReadInput> {
    const draft = new Draft<ReadInput>(this.dialect)
    const rule = (rules: readonly Expr[]): string =>
      rules.length === 0
        ? 'false'
        : `(${rules.map((expr) => whereSql(draft, this.nouns, this.noun, 't', expr)).join(' or ')})`
    const allowed = shape.allowed === undefined ? '' : `, (case when ${rule(shape.allowed)} then 1 else 0 end)`
    const ids = Array.from({ length: shape.count }, (_, at) => draft.slot('uuid', (input) => input.ids[at] ?? null))
    const where = [shape.count === 1 ? `t."id" = ${ids[0]}` : `t."id" in (${ids.join(', ')})`]
    const tenant = tenantColumn(this.noun)
    if (tenant !== undefined && shape.seen !== undefined) {
      where.push(`t.${quote(tenant)} = ${draft.slot('uuid', (input) => input.caller.tenant)}`)
    }
    if (shape.seen !== undefined) where.push(rule(shape.seen))
    const order = shape.count === 1 ? '' : ' order by t."id"'
    const lock = shape.lock === true && this.dialect.forUpdate !== '' ? ` ${this.dialect.forUpdate}` : ''
    const text =
      `select ${selectList(this.layout, this.dialect, 't')}${allowed} from ${quote(this.layout.table)} as t ` +
      `where ${conjunction(where)}${order}${lock}`
    return draft.finish(text, shape.allowed === undefined ? this.layout.reads : [...this.layout.reads, 'int'])
  }

  /** The statement that asks rules of a row that is not written yet: it answers a row where one of them holds. */
  judge(rules: readonly Expr[]): Prepared<JudgeInput> {
    return this.#judges.get(keyOf(rules), () => {
      const draft = new Draft<JudgeInput>(this.dialect)
      const columns = this.layout.columns.map(
        ({ column, storage }, at) => `${draft.slot(storage, ({ row }) => row[at] ?? null)} as ${quote(column)}`,
      )
      const rule = rules.map((expr) => whereSql(draft, this.nouns, this.noun, 't', expr)).join(' or ')
      return draft.finish(`select 1 from (select ${columns.join(', ')}) as t where ${rule}`, ['int'])
    })
  }

  /** The items of rows, one statement for each kind of item. */
  async itemsOf(session: Session, ids: readonly string[]): Promise<Map<string, StoredRow[][]>> {
    const found = new Map(ids.map((id) => [id, this.items.map((): StoredRow[] => [])]))
    for (const [at, { layout }] of this.items.entries()) {
      const statement = this.#itemsStatement(layout, padded(ids.length))
      for (const row of await session.all(statement.statement, statement.values({ ids, caller: nobody }))) {
        found.get(String(row[1]))?.[at]?.push(row)
      }
    }
    return found
  }

  #itemsStatement(layout: Layout, count: number): Prepared<ReadInput> {
    return this.#reads.get(`items ${layout.table} ${count}`, () => {
      const draft = new Draft<ReadInput>(this.dialect)
      const ids = Array.from({ length: count }, (_, at) => draft.slot('uuid', (input) => input.ids[at] ?? null))
      const text =
        `select ${selectList(layout, this.dialect, 't')} from ${quote(layout.table)} as t ` +
        `where t."parent" in (${ids.join(', ')}) order by t."parent", t."position"`
      return draft.finish(text, layout.reads)
    })
  }

  /** Rows with their items. */
  async wholes(session: Session, rows: Rows): Promise<Whole[]> {
    if (this.items.length === 0 || rows.length === 0) return rows.map((row) => ({ row, items: [] }))
    const items = await this.itemsOf(
      session,
      rows.map((row) => String(row[0])),
    )
    return rows.map((row) => ({ row, items: items.get(String(row[0])) ?? [] }))
  }

  /** Inserts rows with their items and words. Fails with StoreError. */
  async insert(session: Session, wholes: readonly Whole[]): Promise<void> {
    await this.#insertInto(
      session,
      this.layout,
      this.columns,
      wholes.map(({ row }) => this.#withKeys(this.layout, this.columns, row)),
    )
    await this.#insertParts(session, wholes)
  }

  /** Inserts rows, or changes those with the same unique columns; answers the rows that were made or changed. */
  async upsert(session: Session, wholes: readonly Whole[], conflict: write.OnConflict): Promise<StoredRow[]> {
    const answered: StoredRow[] = []
    for (const part of chunks(wholes, rowsPerInsert)) {
      const rows = part.map(({ row }) => this.#withKeys(this.layout, this.columns, row))
      const shape = `upsert ${part.length} ${conflict.columns.join()} ${conflict.update.join()}`
      const made = this.#shape(shape, () =>
        write.insertStatement(this.dialect, this.layout, this.columns, part.length, conflict),
      )
      answered.push(...(await session.all(made.statement, made.values({ rows }))))
    }
    return answered
  }

  /** The rows that an upsert of these would change, locked. */
  async same(session: Session, wholes: readonly Whole[], columns: readonly string[]): Promise<Whole[]> {
    const found: StoredRow[] = []
    for (const part of chunks(wholes, rowsPerInsert)) {
      const rows = part.map(({ row }) => this.#withKeys(this.layout, this.columns, row))
      const made = this.#shape(`same ${part.length} ${columns.join()}`, () =>
        write.sameStatement(this.dialect, this.layout, this.columns, columns, part.length),
      )
      found.push(...(await session.all(made.statement, made.values({ rows }))))
    }
    return this.wholes(session, found)
  }

  /** Writes the items and words of rows that are there already in place of those they had. */
  async replaceParts(session: Session, wholes: readonly Whole[]): Promise<void> {
    for (const { row } of wholes) {
      for (const { layout } of this.items) await this.#deleteBy(session, layout.table, 'parent', String(row[0]))
      if (this.noun.search.length > 0) await this.#deleteBy(session, wordsTable(this.noun), 'row', String(row[0]))
    }
    await this.#insertParts(session, wholes)
  }

  async #insertParts(session: Session, wholes: readonly Whole[]): Promise<void> {
    for (const [at, { layout, columns }] of this.items.entries()) {
      const rows = wholes.flatMap((whole) => whole.items[at] ?? []).map((row) => this.#withKeys(layout, columns, row))
      await this.#insertInto(session, layout, columns, rows)
    }
    if (this.noun.search.length > 0) await this.#insertWords(session, wholes)
  }

  async #insertInto(
    session: Session,
    layout: Layout,
    columns: readonly write.WrittenColumn[],
    rows: readonly StoredRow[],
  ): Promise<void> {
    for (const part of chunks(rows, rowsPerInsert)) {
      const shape = `insert ${layout.table} ${part.length}`
      const made = this.#shape(shape, () => write.insertStatement(this.dialect, layout, columns, part.length))
      await session.all(made.statement, made.values({ rows: part }))
    }
  }

  async #insertWords(session: Session, wholes: readonly Whole[]): Promise<void> {
    const layout: Layout = { table: wordsTable(this.noun), columns: [], reads: [], at: new Map() }
    const { tenant } = this.noun
    const rows = wholes.flatMap(({ row }) => {
      const of = tenant === undefined ? [] : [valueAt(this.layout, row, tenant)]
      return this.wordsOf(row).map((word): StoredRow => [...of, word, row[0] ?? null])
    })
    await this.#insertInto(session, layout, wordColumns(this.noun), rows)
  }

  /** The words that `q` finds a row by. */
  wordsOf(row: StoredRow): string[] {
    const texts = this.noun.search.map((name) => valueAt(this.layout, row, name)).filter((text) => text !== null)
    return [...new Set(texts.flatMap((text) => wordsOf(String(text))))]
  }

  /** Changes the row from one whole to another if nobody did meanwhile; answers false when somebody had. */
  async update(session: Session, before: Whole, after: Whole): Promise<boolean> {
    const { row: was } = before
    const now = this.#withKeys(this.layout, this.columns, after.row)
    const old = this.#withKeys(this.layout, this.columns, was)
    // `version` is not set here: the statement counts it up itself.
    const changed = this.columns
      .map((_, at) => at)
      .filter((at) => now[at] !== old[at] && this.columns[at]!.column !== 'version')
    const columns = changed.map((at) => this.columns[at]!)
    const shape = `update ${columns.map((one) => one.column).join()}`
    const made = this.#shape(shape, () => write.updateStatement(this.dialect, this.layout, columns))
    const values = changed.map((at) => now[at] ?? null)
    const version = Number(valueAt(this.layout, was, 'version'))
    const done = await session.all(made.statement, made.values({ id: String(was[0]), version, values }))
    if (done.length === 0) return false
    if (this.items.length > 0 || this.noun.search.length > 0) await this.replaceParts(session, [after])
    return true
  }

  /** Deletes the row and what hangs on it; answers false when it was not there. */
  async delete(session: Session, id: string): Promise<boolean> {
    const made = this.#shape('delete', () => write.deleteStatement(this.dialect, this.layout))
    return (await session.all(made.statement, made.values({ id }))).length > 0
  }

  /** Adds to columns within their bounds; answers the row, or undefined when a bound forbids or it is not there. */
  async add(
    session: Session,
    columns: readonly write.AddedColumn[],
    input: write.AddInput,
  ): Promise<StoredRow | undefined> {
    const made = this.#shape(`add ${JSON.stringify(columns)}`, () =>
      write.addStatement(this.dialect, this.layout, columns),
    )
    return (await session.all(made.statement, made.values(input)))[0]
  }

  async #deleteBy(session: Session, table: string, column: string, id: string): Promise<void> {
    const made = this.#shape(`delete ${table}`, () => write.deleteByStatement(this.dialect, table, column))
    await session.all(made.statement, made.values({ id }))
  }

  // Shapes of different inputs share one cache; the shape's text fixes which input each takes.
  #shape<T>(shape: string, make: () => Prepared<T>): Prepared<T> {
    return this.#writes.get(shape, make)
  }

  /** The row followed by its folded keys: what an insert writes. */
  #withKeys(layout: Layout, columns: readonly write.WrittenColumn[], row: StoredRow): StoredRow {
    if (columns.length === layout.columns.length) return row
    const keys = layout.columns.flatMap(({ field }, at): Stored[] => {
      if (field?.keyColumn === undefined) return []
      const value = row[at] ?? null
      return [value === null ? null : fold(String(value))]
    })
    return [...row, ...keys]
  }
}

const nobody: CallerFacts = { id: null, tenant: null }

function writtenColumns(layout: Layout, fields: readonly NounField[]): write.WrittenColumn[] {
  const keys = fields.flatMap(({ keyColumn }) =>
    keyColumn === undefined ? [] : [{ column: keyColumn, storage: 'text' as const }],
  )
  return [...layout.columns.map(({ column, storage }) => ({ column, storage })), ...keys]
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
