// Says for whom a statement runs: settings of its own transaction, bound in the same flush, and gone after it.
import type { Stored } from '../../define/field.ts'
import type { Actor } from '../contract.ts'
import type { Roles } from './roles.ts'
import { SETTINGS_OF_CALLER } from './security_dialect.ts'

/** A statement that binds, kept under its own name on every connection that uses it. */
export interface Binding {
  readonly name: string
  readonly text: string
  readonly values: readonly Stored[]
}

const set = (setting: string, at: number): string => `set_config('${setting}', $${at + 1}::text, true)`
const [CALLER, TENANT, ROLES, VERB] = SETTINGS_OF_CALLER

const AS_ROLE = { name: 'as_role', text: `select ${set('role', 0)}` }
const AS_READER = { name: 'as_reader', text: `select ${[CALLER, TENANT, ROLES].map(set).join(', ')}` }
const AS_CALLER = { name: 'as_caller', text: `select ${['role', CALLER, TENANT, ROLES, VERB].map(set).join(', ')}` }

/** Binds the system, for a transaction. */
export const asSystem = ({ system }: Roles): Binding => ({ ...AS_ROLE, values: [system] })

/** Binds the user that the session was opened by. */
export const asUser: Binding = { ...AS_ROLE, values: ['none'] }

/** Binds a caller where a session may be anybody's until then. */
export const asCaller = ({ caller }: Roles, { id, tenant, roles, verb }: Actor): Binding => ({
  ...AS_CALLER,
  values: [caller, id ?? '', tenant ?? '', arrayOf(roles), verb],
})

/** Binds who a single statement is for, where a session is nobody's; nothing for nobody, who is bound already. */
export function alone(roles: Roles, as: Actor | undefined): readonly Binding[] {
  if (as === undefined) return [asSystem(roles)]
  return as.verb === 'read' ? asReader(as) : [asCaller(roles, as)]
}

function asReader({ id, tenant, roles }: Actor): readonly Binding[] {
  if (id === null && tenant === null && roles.length === 0) return []
  return [{ ...AS_READER, values: [id ?? '', tenant ?? '', arrayOf(roles)] }]
}

/** The same caller about to do the same. */
export const isSameActor = (one: Actor, other: Actor): boolean =>
  one === other ||
  (one.id === other.id && one.tenant === other.tenant && one.verb === other.verb && one.roles === other.roles)

// As PostgreSQL writes an array: what a role is called may hold anything.
const arrayOf = (roles: readonly string[]): string =>
  roles.length === 0 ? '' : `{${roles.map((role) => `"${role.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
