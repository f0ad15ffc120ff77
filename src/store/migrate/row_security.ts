// Row security as changes and steps: policies are added beside the old ones, and the old ones go in the contract.
import type { Catalog, Policy, RuleFunction, Table, TableSecurity } from '../catalog.ts'
import type { SecurityDialect } from '../contract.ts'
import type { Spelling } from './create.ts'
import { type Scene, stepOf } from './scene.ts'
import type { Step } from './step.ts'

interface At {
  readonly table: string
}

/** One difference of row security. A function is its own `table`. */
export type SecurityChange =
  | (At & { readonly what: 'add function'; readonly after: RuleFunction })
  | (At & { readonly what: 'drop function'; readonly before: RuleFunction })
  | (At & { readonly what: 'secure table'; readonly after: TableSecurity })
  | (At & { readonly what: 'add policy'; readonly after: Policy })
  | (At & { readonly what: 'drop policy'; readonly before: Policy })

/** Steps of this rule are made at once in development too: they lose nothing. */
export const rowSecurityRule = 'row-security'

/** What must change in the row security of a table. Nothing where none is wanted. */
export function diffSecurity(
  { name: table, security: after }: Table,
  before: TableSecurity | undefined,
): SecurityChange[] {
  if (after === undefined) return []
  const there = before?.policies ?? []
  const asMade = new Set(there.filter((one) => one.altered !== true).map((one) => one.name))
  const wanted = new Set(after.policies.map((one) => one.name))
  return [
    ...(isSecured(after, before) ? [] : [{ what: 'secure table' as const, table, after }]),
    ...after.policies
      .filter((one) => !asMade.has(one.name))
      .map((one) => ({ what: 'add policy' as const, table, after: one })),
    ...there
      .filter((one) => !wanted.has(one.name))
      .map((one) => ({ what: 'drop policy' as const, table, before: one })),
  ]
}

/** Is it on, and may the roles do what they need to? */
export function isSecured(want: TableSecurity, have: TableSecurity | undefined): boolean {
  if (have?.forced !== true || have.privileges === undefined) return false
  return want.privileges?.every((one) => have.privileges?.includes(one)) ?? true
}

/** What must change in the functions that policies call. */
export function diffFunctions(want: Catalog, have: Catalog): SecurityChange[] {
  if (want.functions === undefined) return []
  const there = have.functions ?? []
  const asMade = new Set(there.filter((one) => one.altered !== true).map((one) => one.name))
  const wanted = new Set(want.functions.map((one) => one.name))
  return [
    ...want.functions
      .filter((one) => !asMade.has(one.name))
      .map((after) => ({ what: 'add function' as const, table: after.name, after })),
    ...there
      .filter((one) => !wanted.has(one.name))
      .map((before) => ({ what: 'drop function' as const, table: before.name, before })),
  ]
}

/** What both versions can work with: policies add up, so the code of before goes on seeing what it saw. */
export function bridgeSecurity(after: TableSecurity, before: TableSecurity | undefined): TableSecurity {
  const named = new Set(after.policies.map((one) => one.name))
  const kept = before?.policies.filter((one) => !named.has(one.name) && one.foreign !== true) ?? []
  return { ...after, policies: [...after.policies, ...kept] }
}

/** The functions that either version calls. */
export function bridgeFunctions(want: Catalog, have: Catalog): Pick<Catalog, 'functions'> {
  if (want.functions === undefined) return {}
  const named = new Set(want.functions.map((one) => one.name))
  return { functions: [...want.functions, ...(have.functions ?? []).filter((one) => !named.has(one.name))] }
}

/** What makes a new table's rows obey their policies, from its first row on. */
export function securityStatements({ name, security }: Table, { dialect }: Spelling): string[] {
  const { security: writing } = dialect
  if (security === undefined || writing === undefined) return []
  return [
    ...writing.enable(name, security.privileges ?? []),
    ...security.policies.map((policy) => writing.createPolicy(name, policy)),
  ]
}

/** What makes the functions of a catalog, before the policies that call them. */
export const functionStatements = ({ functions = [] }: Catalog, { dialect }: Spelling): string[] =>
  functions.flatMap((made) => dialect.security?.createFunction(made) ?? [])

const assured = 'The rules of the model, as the database keeps them; the table is locked for a moment.'

/** The steps of one change. */
export function securitySteps(change: SecurityChange, scene: Scene): Step[] {
  const { security } = scene.spelling.dialect
  if (security === undefined) return []
  const sql = statementsOf(change, security)
  const name = `${change.what} ${titleOf(change)}`
  if (change.what === 'drop policy' && change.before.foreign === true) {
    const safe = { unsafe: 'It was made by hand; whoever counts on it sees fewer rows.' }
    return [stepOf(scene, { name, rule: rowSecurityRule, sql, assured, safe })]
  }
  const rule = change.what === 'drop function' ? 'drop-function' : rowSecurityRule
  return [stepOf(scene, { name, rule, sql, assured })]
}

function titleOf(change: SecurityChange): string {
  if (change.what === 'add policy') return `${change.table}.${change.after.name}`
  return change.what === 'drop policy' ? `${change.table}.${change.before.name}` : change.table
}

function statementsOf(change: SecurityChange, security: SecurityDialect): string[] {
  const { table } = change
  if (change.what === 'add function') return security.createFunction(change.after)
  if (change.what === 'drop function') return [security.dropFunction(change.before)]
  if (change.what === 'secure table') return security.enable(table, change.after.privileges ?? [])
  if (change.what === 'drop policy') return [security.dropPolicy(table, change.before.name)]
  // One that was altered is there under its name.
  return [security.dropPolicy(table, change.after.name), security.createPolicy(table, change.after)]
}
