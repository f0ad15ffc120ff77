// What each column of a query's answer is called and holds, read off the query: raw SQL does not tell, the nouns do.
import {
  AggregateFunctionNode,
  AliasNode,
  AndNode,
  BinaryOperationNode,
  CaseNode,
  ColumnNode,
  DeleteQueryNode,
  FunctionNode,
  IdentifierNode,
  InsertQueryNode,
  type OperationNode,
  OperatorNode,
  OrNode,
  ParensNode,
  ReferenceNode,
  SelectAllNode,
  SelectQueryNode,
  type SelectionNode,
  TableNode,
  UnaryOperationNode,
  UpdateQueryNode,
  type WithNode,
} from 'kysely'
import type { Cell } from './tables.ts'

/** A column of an answer. Without a name the engine's is used, without a cell the value stays as it comes. */
export interface Output {
  readonly name: string | undefined
  readonly cell: Cell | undefined
}

/** Columns by the name of a table or of a `with`; undefined where a query cannot be seen through. */
export type Known = ReadonlyMap<string, readonly Output[] | undefined>

interface Source {
  readonly alias: string
  readonly outputs: readonly Output[] | undefined
}

/** The columns that a query answers, in order; undefined where only the engine knows. */
export function outputsOf(node: OperationNode, known: Known): readonly Output[] | undefined {
  const inside = knownWith(withOf(node), known)
  const sources = sourcesOf(node, inside)
  if (SelectQueryNode.is(node)) return selected(node.selections ?? [], sources, inside)
  if (InsertQueryNode.is(node) || UpdateQueryNode.is(node) || DeleteQueryNode.is(node)) {
    return selected(node.returning?.selections ?? [], sources, inside)
  }
  return undefined
}

/** What is known inside a query: its own `with` comes before the tables. */
export function knownWith(node: WithNode | undefined, known: Known): Known {
  if (node === undefined) return known
  const inside = new Map(known)
  for (const { name, expression } of node.expressions) {
    const called = name.table.table.identifier.name
    inside.set(called, undefined) // what a recursive query reads of itself
    const outputs = outputsOf(expression, inside)
    inside.set(
      called,
      outputs?.map((output, at) => ({ ...output, name: name.columns?.[at]?.column.name ?? output.name })),
    )
  }
  return inside
}

export function withOf(node: OperationNode): WithNode | undefined {
  if (SelectQueryNode.is(node) || InsertQueryNode.is(node) || UpdateQueryNode.is(node) || DeleteQueryNode.is(node))
    return node.with
  return undefined
}

/** The selections with every `*` written out where its tables are known: a table has columns that no field is. */
export function writtenOut(node: OperationNode, selections: readonly SelectionNode[], known: Known): SelectionNode[] {
  const sources = sourcesOf(node, known)
  return selections.flatMap((one): SelectionNode[] => {
    const all = allOf(one.selection, sources)
    if (all === undefined || all.some(({ outputs }) => outputs === undefined)) return [one]
    return all.flatMap(({ alias, outputs }) =>
      (outputs ?? []).map(({ name }): SelectionNode => {
        const reference = ReferenceNode.create(ColumnNode.create(name ?? ''), TableNode.create(alias))
        return { kind: 'SelectionNode', selection: reference }
      }),
    )
  })
}

/** The sources that a `*` stands for; undefined where the selection is none. */
function allOf(selection: OperationNode, sources: readonly Source[]): readonly Source[] | undefined {
  if (SelectAllNode.is(selection)) return sources
  if (!ReferenceNode.is(selection) || !SelectAllNode.is(selection.column)) return undefined
  const table = selection.table?.table.identifier.name
  return sources.filter(({ alias }) => table === undefined || alias === table)
}

function sourcesOf(node: OperationNode, known: Known): Source[] {
  return tablesIn(node).map((one): Source => {
    if (TableNode.is(one)) {
      const alias = one.table.identifier.name
      return { alias, outputs: known.get(alias) }
    }
    if (!AliasNode.is(one) || !IdentifierNode.is(one.alias)) return { alias: '', outputs: undefined }
    const outputs = TableNode.is(one.node) ? known.get(one.node.table.identifier.name) : outputsOf(one.node, known)
    return { alias: one.alias.name, outputs }
  })
}

function tablesIn(node: OperationNode): readonly OperationNode[] {
  if (InsertQueryNode.is(node)) return node.into === undefined ? [] : [node.into]
  const joined =
    SelectQueryNode.is(node) || UpdateQueryNode.is(node) || DeleteQueryNode.is(node) ? (node.joins ?? []) : []
  const joins = joined.map(({ table }) => table)
  if (SelectQueryNode.is(node)) return [...(node.from?.froms ?? []), ...joins]
  if (DeleteQueryNode.is(node)) return [...node.from.froms, ...(node.using?.tables ?? []), ...joins]
  if (UpdateQueryNode.is(node))
    return [...(node.table === undefined ? [] : [node.table]), ...(node.from?.froms ?? []), ...joins]
  return []
}

function selected(
  selections: readonly SelectionNode[],
  sources: readonly Source[],
  known: Known,
): readonly Output[] | undefined {
  const outputs: Output[] = []
  for (const { selection } of selections) {
    const all = allOf(selection, sources)
    if (all?.some((source) => source.outputs === undefined)) return undefined
    if (all !== undefined) outputs.push(...all.flatMap((source) => source.outputs ?? []))
    else outputs.push({ name: nameOf(selection), cell: cellOf(selection, sources, known) })
  }
  return outputs
}

function nameOf(node: OperationNode): string | undefined {
  if (AliasNode.is(node)) return IdentifierNode.is(node.alias) ? node.alias.name : undefined
  if (ReferenceNode.is(node) && ColumnNode.is(node.column)) return node.column.column.name
  return ColumnNode.is(node) ? node.column.name : undefined
}

const truths: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'exists',
  'not exists',
  'is',
  'is not',
  'in',
  'not in',
  'like',
  'not like',
])
const comparisons: ReadonlySet<string> = new Set([
  '=',
  '!=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'is distinct from',
  'is not distinct from',
])
const sameAsArgument: ReadonlySet<string> = new Set(['min', 'max', 'coalesce', 'nullif'])

/** What an expression holds, where its parts tell; undefined stays as the engine gives it. */
function cellOf(node: OperationNode, sources: readonly Source[], known: Known): Cell | undefined {
  const inner = (one: OperationNode | undefined): Cell | undefined => one && cellOf(one, sources, known)
  if (AliasNode.is(node) || ParensNode.is(node)) return inner(node.node)
  if (ColumnNode.is(node)) return cellAt(node.column.name, undefined, sources)
  if (ReferenceNode.is(node) && ColumnNode.is(node.column)) {
    return cellAt(node.column.column.name, node.table?.table.identifier.name, sources)
  }
  if (AggregateFunctionNode.is(node)) return sameAsArgument.has(node.func) ? inner(node.aggregated[0]) : undefined
  if (FunctionNode.is(node)) return sameAsArgument.has(node.func) ? inner(node.arguments[0]) : undefined
  if (CaseNode.is(node)) return inner(node.when?.[0]?.result)
  if (SelectQueryNode.is(node)) return outputsOf(node, known)?.[0]?.cell
  return isTruth(node) ? 'bool' : undefined
}

function isTruth(node: OperationNode): boolean {
  if (AndNode.is(node) || OrNode.is(node)) return true
  if (!BinaryOperationNode.is(node) && !UnaryOperationNode.is(node)) return false
  const { operator } = node
  return OperatorNode.is(operator) && (truths.has(operator.operator) || comparisons.has(operator.operator))
}

function cellAt(column: string, table: string | undefined, sources: readonly Source[]): Cell | undefined {
  const found = sources.filter(({ alias }) => table === undefined || alias === table)
  return found.flatMap(({ outputs }) => outputs ?? []).find(({ name }) => name === column)?.cell
}
