// Makes a query of nouns and fields one of tables and columns, and keeps what every row has true when it writes.
import {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  ColumnUpdateNode,
  type DeleteQueryNode,
  type FromNode,
  IdentifierNode,
  InsertQueryNode,
  type JoinNode,
  type OnConflictNode,
  type OperationNode,
  OperationNodeTransformer,
  OperatorNode,
  PrimitiveValueListNode,
  type QueryId,
  RawNode,
  ReferenceNode,
  type ReturningNode,
  type SelectQueryNode,
  type SelectionNode,
  TableNode,
  type UpdateQueryNode,
  type UsingNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import { columnOf } from '../../define/noun.ts'
import { type Known, knownWith, withOf, writtenOut } from './outputs.ts'
import type { SqlTable, SqlTables } from './tables.ts'

export interface RewriteOptions {
  readonly tables: SqlTables
  readonly known: Known
  readonly now: Date
  readonly id: () => string
  /** False where one writer makes locking clauses needless and the engine does not know them. */
  readonly locks: boolean
}

/** Kysely's own way to change a tree: a visitor of which only what differs is overridden; one for each query. */
export class Rewrite extends OperationNodeTransformer {
  readonly #options: RewriteOptions
  #known: Known

  constructor(options: RewriteOptions) {
    super()
    this.#options = options
    this.#known = options.known
  }

  protected override transformIdentifier(node: IdentifierNode): IdentifierNode {
    return IdentifierNode.create(columnOf(node.name))
  }

  protected override transformTable(node: TableNode, queryId?: QueryId): TableNode {
    const parent = this.nodeStack.at(-2)
    const isInText = parent !== undefined && RawNode.is(parent) && !node.table.schema
    const table = isInText ? this.#options.tables.get(node.table.identifier.name) : undefined
    return table === undefined ? super.transformTable(node, queryId) : TableNode.create(table.table)
  }

  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId): SelectQueryNode {
    return this.#inside(node, () => {
      const selections = node.selections && writtenOut(node, node.selections, this.#known)
      const endModifiers = this.#options.locks
        ? node.endModifiers
        : node.endModifiers?.filter(({ rawModifier }) => rawModifier)
      return super.transformSelectQuery(
        { ...node, ...(selections && { selections }), ...(endModifiers && { endModifiers }) },
        queryId,
      )
    })
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId): InsertQueryNode {
    return this.#inside(node, () => {
      const table = this.#table(node.into)
      const filled = table === undefined ? node : this.#filled(node, table)
      return super.transformInsertQuery({ ...filled, ...this.#target(node.into), ...this.#answer(node) }, queryId)
    })
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, queryId?: QueryId): UpdateQueryNode {
    return this.#inside(node, () => {
      const updates = this.#counted(node.updates ?? [], node.table)
      const table = node.table && this.#source(node.table)
      return super.transformUpdateQuery({ ...node, updates, ...(table && { table }), ...this.#answer(node) }, queryId)
    })
  }

  protected override transformDeleteQuery(node: DeleteQueryNode, queryId?: QueryId): DeleteQueryNode {
    return this.#inside(node, () => super.transformDeleteQuery({ ...node, ...this.#answer(node) }, queryId))
  }

  protected override transformOnConflict(node: OnConflictNode, queryId?: QueryId): OnConflictNode {
    const insert = this.nodeStack.at(-2)
    const into = insert !== undefined && InsertQueryNode.is(insert) ? insert.into : undefined
    const updates = node.updates && this.#counted(node.updates, into)
    return super.transformOnConflict({ ...node, ...(updates && { updates }) }, queryId)
  }

  protected override transformFrom(node: FromNode, queryId?: QueryId): FromNode {
    return super.transformFrom({ ...node, froms: node.froms.map((one) => this.#source(one)) }, queryId)
  }

  protected override transformJoin(node: JoinNode, queryId?: QueryId): JoinNode {
    return super.transformJoin({ ...node, table: this.#source(node.table) }, queryId)
  }

  protected override transformUsing(node: UsingNode, queryId?: QueryId): UsingNode {
    return super.transformUsing({ ...node, tables: node.tables.map((one) => this.#source(one)) }, queryId)
  }

  #inside<T>(node: OperationNode, work: () => T): T {
    const outside = this.#known
    this.#known = knownWith(withOf(node), outside)
    try {
      return work()
    } finally {
      this.#known = outside
    }
  }

  // ---- tables

  /** A table where rows come from: the real one, under the name the query calls it by. */
  #source(node: OperationNode): OperationNode {
    const table = this.#table(node)
    if (table === undefined) return node
    const alias = AliasNode.is(node) ? node.alias : IdentifierNode.create(calledBy(node))
    return AliasNode.create(TableNode.create(table.table), alias)
  }

  // Kysely types the target of an insert as a bare table, and writes whatever node stands there.
  #target(into: TableNode | undefined): Pick<InsertQueryNode, 'into'> {
    return into === undefined ? {} : { into: this.#source(into) as TableNode }
  }

  /** The table that a source names; undefined for a subquery or a `with`. Fails for a noun that was not passed. */
  #table(node: OperationNode | undefined): SqlTable | undefined {
    const named = node !== undefined && AliasNode.is(node) ? node.node : node
    if (named === undefined || !TableNode.is(named)) return undefined
    const { name } = named.table.identifier
    const table = this.#options.tables.get(name)
    if (this.#known.get(name) !== this.#options.known.get(name) || (table === undefined && this.#known.has(name)))
      return undefined
    if (table === undefined || named.table.schema !== undefined)
      throw new TypeError(`tx.sql: "${name}" is not among the nouns passed`)
    return table
  }

  // ---- what a write answers: SQLite does not know the table's name in `returning`

  #answer(node: InsertQueryNode | UpdateQueryNode | DeleteQueryNode): { readonly returning?: ReturningNode } {
    if (node.returning === undefined) return {}
    const selections = writtenOut(node, node.returning.selections, this.#known)
    return {
      returning: {
        ...node.returning,
        selections: selections.map((one) => ({ ...one, selection: bare(one.selection) })),
      },
    }
  }

  // ---- what every row has

  #filled(node: InsertQueryNode, table: SqlTable): InsertQueryNode {
    const given = new Set((node.columns ?? []).map(({ column }) => column.name))
    refuseKept(table, given)
    const wanted = table.counted ? ['id', 'createdAt', 'updatedAt'] : ['id']
    const missing = wanted.filter((name) => !given.has(name))
    if (missing.length === 0) return node
    const { values } = node
    if (values === undefined || !ValuesNode.is(values)) {
      throw new TypeError(`tx.sql: an insert from a query into "${table.table}" must give ${missing.join(', ')}`)
    }
    const { now, id } = this.#options
    const more = (): unknown[] => missing.map((name) => (name === 'id' ? id() : now))
    const rows = values.values.map((row) =>
      PrimitiveValueListNode.is(row)
        ? PrimitiveValueListNode.create([...row.values, ...more()])
        : ValueListNode.create([...row.values, ...more().map((value) => ValueNode.create(value))]),
    )
    return {
      ...node,
      columns: [...(node.columns ?? []), ...missing.map((name) => ColumnNode.create(name))],
      values: ValuesNode.create(rows),
    }
  }

  #counted(updates: readonly ColumnUpdateNode[], target: OperationNode | undefined): readonly ColumnUpdateNode[] {
    const table = this.#table(target)
    if (table === undefined || target === undefined) return updates
    const given = new Set(updates.map(({ column }) => (ColumnNode.is(column) ? column.column.name : '')))
    refuseKept(table, given)
    if (!table.counted) return updates
    const version = ReferenceNode.create(ColumnNode.create('version'), TableNode.create(calledBy(target)))
    const next = BinaryOperationNode.create(version, OperatorNode.create('+'), ValueNode.createImmediate(1))
    const own: [string, OperationNode][] = [
      ['version', next],
      ['updatedAt', ValueNode.create(this.#options.now)],
    ]
    const added = own.filter(([name]) => !given.has(name))
    return [...updates, ...added.map(([name, value]) => ColumnUpdateNode.create(ColumnNode.create(name), value))]
  }
}

/** The name that a query calls a table by. */
function calledBy(node: OperationNode): string {
  if (AliasNode.is(node) && IdentifierNode.is(node.alias)) return node.alias.name
  return TableNode.is(node) ? node.table.identifier.name : ''
}

function bare(selection: SelectionNode['selection']): SelectionNode['selection'] {
  if (AliasNode.is(selection) && ReferenceNode.is(selection.node))
    return AliasNode.create(bareReference(selection.node), selection.alias)
  return ReferenceNode.is(selection) ? bareReference(selection) : selection
}

const bareReference = (node: ReferenceNode): ReferenceNode =>
  ColumnNode.is(node.column) ? ReferenceNode.create(node.column) : node

function refuseKept(table: SqlTable, given: ReadonlySet<string>): void {
  const kept = [...given].filter((name) => table.kept.has(name))
  if (kept.length === 0) return
  throw new TypeError(
    `tx.sql: write "${kept.join('", "')}" by tx.update or tx.create, which keep what searches and compares by it`,
  )
}
