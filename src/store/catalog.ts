// Tables as neutral data: what the model asks for, and what an engine says is there. The difference is a migration.
import type { Expr } from '../define/predicate.ts'
import type { ColumnCheck, Storage, Stored } from '../define/field.ts'

/** The tables of a database. */
export interface Catalog {
  readonly tables: readonly Table[]
  /** What policies and statements call to look at other tables; undefined where there is no row security. */
  readonly functions?: readonly RuleFunction[]
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly Index[]
  readonly indexes: readonly Index[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly checks: readonly TableCheck[]
  /** Undefined where the engine has no row security, or none is wanted. */
  readonly security?: TableSecurity
}

export interface Column {
  readonly name: string
  readonly storage: Storage
  readonly nullable: boolean
  /** Constant default; undefined when there is none. */
  readonly default: Stored | undefined
  /** The column's name before, where the model declares a rename. */
  readonly was?: string
  /** The engine's own spelling of a type that is no storage class's; `storage` is the nearest. Introspected. */
  readonly type?: string
}

/** A unique constraint or an index; both are created as (unique) indexes so that they can be added online. */
export interface Index {
  readonly name: string
  readonly columns: readonly string[]
  /** There, but not used: what an interrupted concurrent build leaves. Only introspection says it. */
  readonly invalid?: true
}

export interface ForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly target: string
  readonly targetColumns: readonly string[]
  readonly onDelete: 'restrict' | 'cascade' | 'set null'
  /** Holds for new rows, not yet proved for those that were there. Only introspection says it. */
  readonly invalid?: true
}

/**
 * A check by name. `sql` is the condition as the engine wrote it down; the name carries a hash of the condition's
 * meaning (`<table>_<what>_<hash>`), so model and catalog are compared by name, never by the engine's own spelling.
 */
export interface TableCheck {
  readonly name: string
  readonly on:
    | { readonly column: string; readonly check: ColumnCheck }
    | { readonly expr: Expr }
    | { readonly sql: string }
  /** Holds for new rows, not yet proved for those that were there. Only introspection says it. */
  readonly invalid?: true
}

/**
 * The two roles of a database that keeps row security: a `caller` is held to the rules of the model, the `system` (code
 * of the house and of actions) sees all rows.
 */
export type SecurityRole = 'caller' | 'system'

export type Privilege = 'select' | 'insert' | 'update' | 'delete'

/** Who may do what to the rows of a table. */
export interface TableSecurity {
  /** Row security is on, for the owner of the table too. */
  readonly forced: boolean
  readonly policies: readonly Policy[]
  /** What the caller may try at all; the system may do everything. Undefined where the system may not. */
  readonly privileges: readonly Privilege[] | undefined
}

/** A policy: the rows that a role may see or change, and those it may leave behind. */
export interface Policy {
  /** `plinth_<command>_<hash of the conditions>`, so policies are compared by name. */
  readonly name: string
  readonly command: Privilege | 'all'
  readonly role: SecurityRole
  readonly using?: string
  readonly check?: string
  /** It does not read as it was made. Only introspection says it, and only of policies that are wanted. */
  readonly altered?: true
  /** Not one of ours, and it would open rows to a role of ours. Only introspection says it. */
  readonly foreign?: true
}

/** A condition over the rows of other tables, as a function that looks at them without their rules. */
export interface RuleFunction {
  readonly name: string
  readonly parameters: readonly Storage[]
  readonly condition: string
  /** It is not as it was made. Only introspection says it, and only of functions that are wanted. */
  readonly altered?: true
}
