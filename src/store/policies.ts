// The rules of a model as policies of its tables: what a caller may see and change, whatever a statement forgot to ask.
import type { Allow } from '../define/allow.ts'
import type { Model } from '../define/model.ts'
import type { Noun } from '../define/noun.ts'
import { isSafe, type Operation } from '../define/operation.ts'
import { type Expr, keyOf } from '../define/predicate.ts'
import { type CallerRule, memberRole } from '../define/rule.ts'
import type { Catalog, Policy, Privilege, RuleFunction, Table, TableSecurity } from './catalog.ts'
import type { Dialect, SecurityDialect } from './contract.ts'
import { exprSql, placeOf } from './expr_sql.ts'
import { quote } from './layout.ts'
import { callOf, existsIn, named, ruleFunction } from './rule_function.ts'
import { tablesOf, tenantColumn, wordsTable } from './tables.ts'

/** The tables of a model, with the rules that the database keeps itself where the engine can and it is wanted. */
export function wantedTables(
  model: Model,
  { security }: Dialect,
  { rowSecurity }: { readonly rowSecurity: boolean },
): Catalog {
  const { tables } = tablesOf(model)
  if (security === undefined || !rowSecurity) return { tables }
  const secured = new Map([...model.nouns.values()].flatMap((noun) => nounSecurity({ security, model, noun })))
  return { tables: tables.map((table) => withSecurity(table, secured)), functions: functionsOf(model, security) }
}

const withSecurity = (table: Table, secured: ReadonlyMap<string, TableSecurity>): Table => {
  const security = secured.get(table.name)
  return security === undefined ? table : { ...table, security }
}

interface Subject {
  readonly security: SecurityDialect
  readonly model: Model
  readonly noun: Noun
}

/** Conditions by command; one that is missing allows nothing. */
type Conditions = { readonly [command in Privilege]?: Pick<Policy, 'using' | 'check'> }

function nounSecurity(subject: Subject): [string, TableSecurity][] {
  const { noun } = subject
  const parts: [string, string][] = noun.items.map(({ table }) => [table, 'parent'])
  if (noun.search.length > 0) parts.push([wordsTable(noun), 'row'])
  const rows = rowConditions(subject, parts.length > 0)
  return [
    [noun.table, securityFrom(rows)],
    ...parts.map(([table, column]): [string, TableSecurity] => [
      table,
      securityFrom(partConditions(subject, rows, table, column)),
    ]),
  ]
}

function securityFrom(conditions: Conditions): TableSecurity {
  const privileges = commands.filter((command) => conditions[command] !== undefined)
  const own = privileges.map((command) => policy(command, 'caller', conditions[command] ?? {}))
  return { forced: true, privileges, policies: [...own, policy('all', 'system', { using: 'true', check: 'true' })] }
}

const commands = ['select', 'insert', 'update', 'delete'] as const

const policy = (
  command: Policy['command'],
  role: Policy['role'],
  condition: Pick<Policy, 'using' | 'check'>,
): Policy => ({
  name: named(`plinth_${role === 'system' ? 'system' : command}`, JSON.stringify(condition)),
  command,
  role,
  ...condition,
})

// ---- the rows of a noun

function rowConditions(subject: Subject, hasParts: boolean): Conditions {
  const { security, noun } = subject
  const own = operationsOf(subject)
  const alias = quote(noun.table)
  const rule = (allow: Allow): string => allowed(subject, allow, alias)
  const bound = (...parts: readonly string[]): string => all(...tenantIn(subject, alias), ...parts)
  const update = own.find(({ verb }) => verb === 'update')
  const seen = seenBy(subject, own, hasParts, alias)
  return {
    ...(seen === 'false' ? {} : { select: { using: bound(seen) } }),
    ...when(own, 'create', ({ allow }) => ({ insert: { check: bound(security.isVerb('create'), rule(allow)) } })),
    ...(own.some((operation) => isLocking(operation))
      ? { update: updateCondition(subject, update === undefined ? 'false' : rule(update.allow), bound) }
      : {}),
    ...when(own, 'delete', ({ allow }) => ({ delete: { using: bound(security.isVerb('delete'), rule(allow)) } })),
  }
}

// A row is locked while it is loaded, which the database counts as changing it; nothing may be left behind by that.
function updateCondition(
  { security }: Subject,
  rule: string,
  bound: (...parts: readonly string[]) => string,
): Pick<Policy, 'using' | 'check'> {
  const updating = all(security.isVerb('update'), rule)
  return { using: bound(any(security.isVerb('load'), updating)), check: rule === 'false' ? 'false' : bound(updating) }
}

const operationsOf = ({ model, noun }: Subject): readonly Operation[] =>
  model.operations.filter((operation) => operation.noun.name === noun.name)

const isLocking = (operation: Operation): boolean => operation.scope === 'row' && !isSafe(operation)

function when(own: readonly Operation[], verb: Operation['verb'], make: (one: Operation) => Conditions): Conditions {
  const found = own.find((operation) => operation.verb === verb)
  return found === undefined ? {} : make(found)
}

/** What a caller sees to read, and besides that, while it is about to do something, what it is about to do that to. */
function seenBy(subject: Subject, own: readonly Operation[], hasParts: boolean, alias: string): string {
  const { security, noun } = subject
  const read = { callers: [...noun.allow.list.callers, ...noun.allow.read.callers], rows: readable(noun) }
  const doing = (['create', 'update', 'delete'] as const).flatMap((verb) => {
    const operation = own.find((one) => one.verb === verb)
    if (operation === undefined || (verb === 'create' && !hasParts) || covers(read, operation.allow)) return []
    return [all(security.isVerb(verb), allowed(subject, operation.allow, alias))]
  })
  return any(allowed(subject, read, alias), loaded(subject, own, alias), ...doing)
}

const readable = ({ allow }: Noun): Expr[] => [
  ...new Map([...allow.list.rows, ...allow.read.rows].map((expr) => [keyOf(expr), expr])).values(),
]

// Whom no rule of reading reaches at all finds a row by the rule of what it wants to do with it: a verb stands alone.
function loaded(subject: Subject, own: readonly Operation[], alias: string): string {
  const { security, noun } = subject
  const reach = any(
    ...callersOf(security, noun.allow.read),
    ...(noun.allow.read.rows.length > 0 ? [security.isSignedIn] : []),
  )
  const rules = own
    .filter(({ scope, verb, allow }) => scope === 'row' && verb !== 'read' && !covers(noun.allow.read, allow))
    .map(({ allow }) => allowed(subject, allow, alias))
  return all(security.isVerb('load'), not(reach), any(...rules))
}

/** Is everything that the second allows allowed by the first? Seen by the rules alone: what is not seen is no harm. */
function covers(first: Allow, second: Allow): boolean {
  const isSignedIn = first.callers.some(({ rule }) => rule === 'signedIn')
  if (first.callers.some(({ rule }) => rule === 'anyone')) return true
  const rows = new Set(first.rows.map((expr) => keyOf(expr)))
  return (
    second.callers.every((one) => first.callers.some((other) => sameRule(one, other))) &&
    second.rows.every((expr) => isSignedIn || rows.has(keyOf(expr)))
  )
}

const sameRule = (one: CallerRule, other: CallerRule): boolean => one.rule === other.rule && one.role === other.role

// ---- what hangs on a row: its items and its words

function partConditions(subject: Subject, rows: Conditions, table: string, column: string): Conditions {
  if (rows.select === undefined) return {}
  const { security, noun } = subject
  const own = operationsOf(subject)
  const parent = (condition: string): string => {
    if (condition === 'false') return 'false'
    const is = all(`p."id" = ${quote(table)}.${quote(column)}`, condition)
    return security.existsOne(`${security.table(noun.table)} as p`, is)
  }
  const changing = (verb: 'create' | 'update'): string => {
    const operation = own.find((one) => one.verb === verb)
    return operation === undefined
      ? 'false'
      : all(security.isVerb(verb), parent(allowed(subject, operation.allow, 'p')))
  }
  const [created, updated] = [changing('create'), changing('update')]
  const written = any(created, updated)
  return {
    // The parent's own policies apply inside, so what may be seen of it is what they say.
    select: { using: rows.select.using === 'true' ? 'true' : parent('true') },
    ...(written === 'false' ? {} : { insert: { check: written } }),
    ...(updated === 'false' ? {} : { delete: { using: updated } }),
  }
}

// ---- rules

function allowed(subject: Subject, allow: Allow, alias: string): string {
  const { security } = subject
  return any(...callersOf(security, allow), ...allow.rows.map((expr) => rowRule(subject, expr, alias)))
}

const callersOf = (security: SecurityDialect, { callers }: Allow): string[] =>
  callers.map(({ rule, role }) => {
    if (rule === 'anyone') return 'true'
    if (rule === 'signedIn') return security.isSignedIn
    return security.hasRole(rule === 'member' ? memberRole(role ?? '') : (role ?? ''))
  })

// A rule over the row is for callers who are somebody; one that holds a column equal to the caller says so by itself.
function rowRule({ security, model, noun }: Subject, expr: Expr, alias: string): string {
  const exists = (inner: Parameters<typeof ruleFunction>[3]): string =>
    callOf(ruleFunction(security, model.nouns, noun, inner), alias)
  const scope = {
    nouns: model.nouns,
    voice: { ...security, exists },
    places: new Map([[noun.name, placeOf(noun, alias)]]),
  }
  const isOwn = expr.op === 'is' && 'caller' in expr.right && expr.right.caller === 'id'
  return all(...(isOwn ? [] : [security.isSignedIn]), exprSql(scope, expr))
}

function tenantIn({ security, noun }: Subject, alias: string): string[] {
  const tenant = tenantColumn(noun)
  return tenant === undefined ? [] : [`${alias}.${quote(tenant)} = ${security.caller('tenant', 'uuid')}`]
}

function functionsOf(model: Model, security: SecurityDialect): RuleFunction[] {
  const asked = model.operations.flatMap(({ noun, allow }) =>
    allow.rows.flatMap(existsIn).map((expr) => ruleFunction(security, model.nouns, noun, expr)),
  )
  return [...new Map(asked.map((one) => [one.name, one])).values()].map(({ name, parameters, condition }) => ({
    name,
    parameters,
    condition,
  }))
}

// ---- conditions joined, without what decides nothing

function any(...parts: readonly string[]): string {
  const some = [...new Set(parts)].filter((part) => part !== 'false')
  if (some.includes('true')) return 'true'
  return some.length < 2 ? (some[0] ?? 'false') : `(${some.join(' or ')})`
}

function all(...parts: readonly string[]): string {
  const some = [...new Set(parts)].filter((part) => part !== 'true')
  if (some.includes('false')) return 'false'
  return some.length < 2 ? (some[0] ?? 'true') : `(${some.join(' and ')})`
}

function not(part: string): string {
  if (part === 'true') return 'false'
  return part === 'false' ? 'true' : `not ${part}`
}
