// `tx.sql`: Kysely over the open transaction, for what the verbs cannot say. It asks no rule: an escape hatch.
import {
  AliasNode,
  type CompiledQuery,
  type DatabaseConnection,
  DeleteQueryNode,
  DialectAdapterBase,
  type Driver,
  InsertQueryNode,
  Kysely,
  type OperationNode,
  type QueryCompiler,
  type QueryResult,
  RawNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import type { Stored } from '../define/field.ts'
import type { AnyResource } from '../define/resource.ts'
import type { RawRows, RawValue } from '../store/contract.ts'
import type { RowStore } from '../store/row_store.ts'
import { refusing, refusingDelete } from './refusal.ts'
import { Compiler } from './sql/compile.ts'
import { type Known, type Output, outputsOf } from './sql/outputs.ts'
import { Rewrite } from './sql/rewrite.ts'
import { type Cell, type SqlTables, sqlTables } from './sql/tables.ts'
import type { Sweep, Work } from './work.ts'

/**
 * Kysely over the nouns passed, inside the transaction of `work`. It asks no rule, runs no derive and no check of the
 * model; ids, times and versions of the rows it writes are kept. Fails with TypeError for a noun of another app.
 */
export function openSql(work: Work, nouns: Readonly<Record<string, AnyResource>>): Kysely<never> {
  const tables = sqlTables(work.house, nouns)
  const known: Known = new Map([...tables].map(([name, { columns }]) => [name, columns]))
  return new Kysely<never>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => driverOf(new Lent(work, tables, known)),
      createQueryCompiler: () => compilerOf(work, tables, known),
      createIntrospector: refuse,
    },
  })
}

class Adapter extends DialectAdapterBase {
  override get supportsReturning(): boolean {
    return true
  }

  override async acquireMigrationLock(): Promise<void> {
    refuse()
  }

  override async releaseMigrationLock(): Promise<void> {
    refuse()
  }
}

function refuse(): never {
  throw new TypeError(
    'tx.sql is part of a transaction already: it begins, changes and closes nothing else; use tx.attempt to try',
  )
}

// The query stays as it was written: `Lent` reads off it what the answer's columns are.
function compilerOf({ house, now }: Work, tables: SqlTables, known: Known): QueryCompiler {
  const { dialect } = house.engine
  const options = { tables, known, now, id: house.id, locks: dialect.forUpdate !== '' }
  return {
    compileQuery: (node, queryId) => {
      const rewritten = new Rewrite(options).transformNode(node, queryId)
      return { ...new Compiler(dialect).compileQuery(rewritten, queryId), query: node }
    },
  }
}

function driverOf(connection: DatabaseConnection): Driver {
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: async () => refuse(),
    commitTransaction: async () => refuse(),
    rollbackTransaction: async () => refuse(),
  }
}

const allowed: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'RawNode',
])

/** The transaction's own connection, as Kysely asks for one. */
class Lent implements DatabaseConnection {
  readonly #work: Work
  readonly #tables: SqlTables
  readonly #known: Known

  constructor(work: Work, tables: SqlTables, known: Known) {
    this.#work = work
    this.#tables = tables
    this.#known = known
  }

  async executeQuery<R>({ query, sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // A raw text may hold anything; one that ends the transaction would let later writes commit by themselves.
    if (!allowed.has(query.kind) || !/^[\s(]*(?:select|with|values|insert|update|delete)\b/i.test(sql)) refuse()
    const values = parameters as readonly Stored[] // our compiler made them so
    const answer = await this.#refusing(query, async () => this.#work.session.raw(sql, values))
    this.#note(query, sql, answer.changed)
    // Kysely's types say what a row is; the outputs are read off the same query.
    const made = objectsOf(answer, outputsOf(query, this.#known)) as R[]
    return { rows: made, numAffectedRows: BigInt(answer.changed) }
  }

  // oxlint-disable-next-line require-yield -- the interface asks for a generator, and there is nothing to give
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('tx.sql does not stream: a transaction is short, so limit the query')
  }

  /** Which rows a statement wrote is not known; that it wrote some is. */
  #note(query: OperationNode, sql: string, count: number): void {
    const change = changeBy(query)
    const isRaw = RawNode.is(query) && /^[\s(]*(?:with|insert|update|delete)\b/i.test(sql)
    if (count === 0 || (change === undefined && !isRaw)) return
    this.#work.sweeps.push({ rows: this.#named(writtenBy(query)), change, count })
  }

  /** A constraint of a table that the query writes refuses in the words of the surface, as it does for the verbs. */
  #refusing(query: OperationNode, run: () => Promise<RawRows>): Promise<RawRows> {
    if (DeleteQueryNode.is(query)) return refusingDelete(run)
    const rows = this.#named(writtenBy(query))
    return rows === undefined ? run() : refusing(rows, [], run)
  }

  #named(node: OperationNode | undefined): RowStore | undefined {
    const table = node !== undefined && AliasNode.is(node) ? node.node : node
    return table !== undefined && TableNode.is(table) ? this.#tables.get(table.table.identifier.name)?.rows : undefined
  }
}

function changeBy(query: OperationNode): Sweep['change'] {
  if (InsertQueryNode.is(query)) return 'created'
  if (UpdateQueryNode.is(query)) return 'changed'
  return DeleteQueryNode.is(query) ? 'deleted' : undefined
}

/** The table that a query writes, as the query names it. */
function writtenBy(query: OperationNode): OperationNode | undefined {
  if (InsertQueryNode.is(query)) return query.into
  if (UpdateQueryNode.is(query)) return query.table
  return DeleteQueryNode.is(query) ? query.from.froms[0] : undefined
}

function objectsOf({ columns, rows }: RawRows, outputs: readonly Output[] | undefined): object[] {
  const read = columns.map((column, at) => ({ name: outputs?.[at]?.name ?? column, cell: outputs?.[at]?.cell }))
  return rows.map((row) => Object.fromEntries(read.map(({ name, cell }, at) => [name, valueOf(row[at] ?? null, cell)])))
}

function valueOf(value: RawValue, cell: Cell | undefined): unknown {
  if (value === null) return null
  if (cell === 'instant') return new Date(String(value))
  if (cell === 'bool') return Boolean(value)
  if (cell === 'wide') return BigInt(value)
  return cell === 'json' ? JSON.parse(String(value)) : value
}
