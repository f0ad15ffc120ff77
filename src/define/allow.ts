// A list of rules, read once: what the caller alone decides, and the expressions that the row decides.
import type { Expr } from './predicate.ts'
import { readWhere } from './predicate.ts'
import type { AnyResource } from './resource.ts'
import type { CallerRule, Rule } from './rule.ts'

/** Rules ready to be asked. Allowed when a caller rule holds, or, for the rows where it is true, an expression. */
export interface Allow {
  readonly callers: readonly CallerRule[]
  readonly rows: readonly Expr[]
}

/** Nobody: what a verb without rules means. */
export const nobody: Allow = Object.freeze({ callers: [], rows: [] })

/** Reads the rules of one verb. Fails when a rule drops a predicate, or asks an undeclared owner or tenant. */
export function readAllow(resource: AnyResource, rules: readonly Rule[] | undefined, what: string): Allow {
  if (rules === undefined || rules.length === 0) return nobody
  const callers: CallerRule[] = []
  const rows: Expr[] = []
  for (const rule of rules) {
    if (typeof rule === 'function') rows.push(readWhere(resource, rule, what))
    else if (rule.rule === 'owner') rows.push(ownerExpr(resource, what))
    else if (rule.rule === 'tenant') rows.push(tenantExpr(resource, what))
    else callers.push(ofMembers(resource, rule, what))
  }
  return Object.freeze({ callers: Object.freeze(callers), rows: Object.freeze(rows) })
}

// Anybody may make an organization and rule it, so the rule says nothing of rows that belong to none.
function ofMembers({ spec }: AnyResource, rule: CallerRule, what: string): CallerRule {
  if (rule.rule !== 'member' || spec.tenant !== undefined) return rule
  throw new TypeError(`${what}: the rule "member" needs \`tenant\` on the resource`)
}

function ownerExpr(resource: AnyResource, what: string): Expr {
  const { owner } = resource.spec
  if (owner === undefined) throw new TypeError(`${what}: the rule "owner" needs \`owner\` on the resource`)
  return { op: 'is', left: { column: owner, of: resource.name }, right: { caller: 'id' } }
}

/** The row's tenant is the caller's: part of every rule of a resource with a tenant. */
export function tenantExpr(resource: AnyResource, what: string): Expr {
  const { tenant } = resource.spec
  if (tenant === undefined) throw new TypeError(`${what}: the rule "tenant" needs \`tenant\` on the resource`)
  return { op: 'is', left: { column: tenant, of: resource.name }, right: { caller: 'tenant' } }
}
