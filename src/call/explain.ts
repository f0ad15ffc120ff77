// Why a rule said yes or no: each way to be allowed, and what of it did not hold. It names fields, and tells no values.
import type { Allow } from '../define/allow.ts'
import type { Noun } from '../define/noun.ts'
import { tenantExpr } from '../define/allow.ts'
import type { Operation } from '../define/operation.ts'
import { type Expr, print } from '../define/predicate.ts'
import type { CallerRule } from '../define/rule.ts'
import type { Session } from '../store/contract.ts'
import { evaluate } from '../store/evaluate.ts'
import type { StoredRow } from '../store/layout.ts'
import type { RowStore } from '../store/row_store.ts'
import { type Caller, satisfies } from './caller.ts'
import type { Stage } from './denied.ts'
import { reachOf } from './permit.ts'

/** One way to be allowed. */
export interface Clause {
  readonly rule: string
  readonly holds: boolean
  /** What did not hold, as it stands in the rule. */
  readonly because: readonly string[]
}

/** What decided a call. */
export interface Explanation {
  readonly stage: Stage
  /** Where the rules stand: `orders.allow.update`. */
  readonly rules: string
  readonly caller: { readonly id: string | null; readonly tenant: string | null; readonly roles: readonly string[] }
  /** Is the row there, whoever may see it; undefined where it was not looked for. */
  readonly row?: 'there' | 'missing'
  /** Any of them is enough; `and` must hold beside them. */
  readonly clauses: readonly Clause[]
  readonly and?: readonly Clause[]
  readonly fields?: readonly string[]
}

/** What rules are asked with: the store of the row's noun, and a session that is the house's. */
export interface Asking {
  readonly rows: RowStore
  readonly session: Session
  readonly caller: Pick<Caller, 'id' | 'tenant' | 'roles'>
}

/** The clauses of rules, of the caller and, where there is one, of a row. */
export async function clausesOf(asking: Asking, allow: Allow, row: StoredRow | undefined): Promise<Clause[]> {
  const own = allow.callers.map((rule) => callerClause(asking.caller, rule))
  const others: Clause[] = []
  for (const expr of allow.rows) others.push(await rowClause(asking, expr, row))
  return [...own, ...others]
}

/** The clause that binds rows to their tenant, beside every rule. */
export async function tenantClauses(asking: Asking, row: StoredRow | undefined): Promise<Clause[]> {
  const { noun } = asking.rows
  if (noun.tenant === undefined || row === undefined) return []
  return [await rowClause(asking, tenantExpr(noun.resource, noun.name), row)]
}

/** The caller of an explanation. */
export const factsOf = ({ id, tenant, roles }: Asking['caller']): Explanation['caller'] => ({ id, tenant, roles })

function callerClause(caller: Asking['caller'], rule: CallerRule): Clause {
  const holds = satisfies({ ...caller, budget: '' }, rule)
  const text = rule.role === undefined ? rule.rule : `${rule.rule}('${rule.role}')`
  const roles =
    caller.roles.length === 0 ? 'the caller has no roles' : `the caller's roles are ${caller.roles.join(', ')}`
  return { rule: text, holds, because: holds ? [] : [rule.role === undefined ? 'nobody is signed in' : roles] }
}

async function rowClause(asking: Asking, expr: Expr, row: StoredRow | undefined): Promise<Clause> {
  const rule = print(expr)
  if (asking.caller.id === null) return { rule, holds: false, because: ['nobody is signed in'] }
  if (row === undefined) return { rule, holds: false, because: ['there is no row to ask'] }
  const { truth, failed } = await judge(asking, expr, row)
  return { rule, holds: truth === true, because: truth === true ? [] : [...new Set(failed)] }
}

interface Judged {
  readonly truth: boolean | null
  readonly failed: readonly string[]
}

// Three-valued logic as SQL has it, with the parts that did not hold kept.
async function judge(asking: Asking, expr: Expr, row: StoredRow): Promise<Judged> {
  if (expr.op === 'and' || expr.op === 'or') return judgeAll(asking, expr.op, expr.parts, row)
  if (expr.op === 'not') {
    const { truth } = await judge(asking, expr.part, row)
    return told(truth === null ? null : !truth, print(expr))
  }
  return told(await ask(asking, expr, row), print(expr))
}

async function judgeAll(asking: Asking, op: 'and' | 'or', parts: readonly Expr[], row: StoredRow): Promise<Judged> {
  const judged: Judged[] = []
  for (const part of parts) judged.push(await judge(asking, part, row))
  const truths = judged.map(({ truth }) => truth)
  const decisive = op === 'or'
  const truth = truths.includes(decisive) ? decisive : truths.includes(null) ? null : !decisive
  return { truth, failed: judged.filter((one) => one.truth !== true).flatMap((one) => one.failed) }
}

const told = (truth: boolean | null, text: string): Judged => ({
  truth,
  failed: [truth === null ? `${text}: not known, for something in it is empty` : `${text}: no`],
})

async function ask({ rows, session, caller }: Asking, expr: Expr, row: StoredRow): Promise<boolean | null> {
  if (expr.op !== 'exists') return evaluate(expr, rows.layout, row, caller)
  const made = rows.judge([expr])
  return (await session.all(made.statement, made.values({ row, caller }))).length > 0
}

/** The row with that id, whoever may see it. */
export async function rowOf({ rows, session, caller }: Asking, id: string | undefined): Promise<StoredRow | undefined> {
  if (id === undefined) return undefined
  const made = rows.readById({ seen: undefined, count: 1 })
  const [row] = await session.all(made.statement, made.values({ ids: [id], caller }))
  return row
}

/** What decides a call of an operation on a row, asked now: the first rule that says no, or the last that says yes. */
export async function explainNow(
  asking: Asking,
  operation: Operation,
  id?: string,
): Promise<Explanation & { allowed: boolean }> {
  const caller = factsOf(asking.caller)
  const { allow, noun } = operation
  const rules = rulesOf(operation)
  const begun = await clausesOf(asking, allow, undefined)
  if (reachOf(allow, { ...asking.caller, budget: '' }) === undefined)
    return { allowed: false, stage: 'caller', rules, caller, clauses: begun }
  if (operation.scope !== 'row' || id === undefined)
    return { allowed: true, stage: 'caller', rules, caller, clauses: begun }
  const row = await rowOf(asking, id)
  const and = await tenantClauses(asking, row)
  const seeing = seeingRules(noun, operation, asking.caller)
  const seen = await clausesOf(asking, seeing.allow, row)
  const common = { caller, row: row === undefined ? 'missing' : 'there', ...(and.length > 0 && { and }) } as const
  if (row === undefined || !isAllowed(seen, and))
    return { allowed: false, stage: 'seen', rules: seeing.rules, ...common, clauses: seen }
  const clauses = await clausesOf(asking, allow, row)
  return { allowed: isAllowed(clauses, and), stage: 'row', rules, ...common, clauses }
}

const isAllowed = (clauses: readonly Clause[], and: readonly Clause[]): boolean =>
  clauses.some(({ holds }) => holds) && and.every(({ holds }) => holds)

/** Where the rules of an operation stand. */
export const rulesOf = ({ id, verb, noun, action }: Operation): string =>
  action === undefined ? `${noun.name}.allow.${verb === 'replace' ? 'update' : verb}` : `${id}.allow`

/** The rules by which a row is there for a caller: those of reading, where they reach the caller at all. */
export function seeingRules(
  noun: Noun,
  operation: Operation,
  caller: Asking['caller'],
): { rules: string; allow: Allow } {
  const isDeclared = noun.resource.spec.allow.read !== undefined
  if (!isDeclared || reachOf(noun.allow.read, { ...caller, budget: '' }) === undefined)
    return { rules: rulesOf(operation), allow: operation.allow }
  return { rules: `${noun.name}.allow.read`, allow: noun.allow.read }
}
