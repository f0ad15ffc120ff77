// Who calls: what the rules ask, and what an action's code sees.
import type { Me } from '../define/action.ts'
import { type CallerRule, memberOf, memberRole } from '../define/rule.ts'
import type { CallerFacts } from '../store/where.ts'

export interface Caller extends CallerFacts {
  readonly id: string | null
  readonly tenant: string | null
  readonly roles: readonly string[]
  /** The session or key the caller came with, for the record. */
  readonly session?: string
  readonly key?: string
  /** What the token the caller came with is for; undefined for one that is for everything its owner may do. */
  readonly scopes?: readonly string[]
  /** The house, and who loads an app's data: without a tenant, their code works on the rows of all of them. */
  readonly spansTenants?: boolean
  /** How the budget of requests is kept: by account where there is one, else by network. */
  readonly budget: string
}

/** A caller who is not signed in; the address keeps the budget. */
export const anonymous = (address: string): Caller => ({
  id: null,
  tenant: null,
  roles: [],
  budget: `address ${address}`,
})

/** Nobody at all: what the house does by itself. */
export const noOne: Caller = Object.freeze({ id: null, tenant: null, roles: [], spansTenants: true, budget: 'house' })

/** The house at work for an app: jobs and handlers. It may have a tenant, that of whoever asked for the work. */
export const system = (tenant: string | null): Caller => ({ ...noOne, tenant, roles: ['system'] })

/** Does the caller alone satisfy the rule? */
export function satisfies(caller: Caller, rule: CallerRule): boolean {
  if (rule.rule === 'anyone') return true
  if (rule.rule === 'signedIn') return caller.id !== null
  if (rule.role === undefined) return false
  return caller.roles.includes(rule.rule === 'member' ? memberRole(rule.role) : rule.role)
}

/** The caller as code inside an action sees it. */
export function meOf(caller: Caller): Me {
  const roles = Object.freeze(caller.roles.filter((name) => memberOf([name]) === null))
  return Object.freeze({
    id: caller.id ?? '',
    tenant: caller.tenant,
    member: memberOf(caller.roles),
    roles,
    is: (role: string) => roles.includes(role),
  })
}
