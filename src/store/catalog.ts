// Tables as neutral data: what the model asks for, and what an engine says is there. The difference is a migration.
import type { Expr } from '../define/predicate.ts'
import type { ColumnCheck, Storage, Stored } from '../define/field.ts'

/** The tables of a database. */
export interface Catalog {
  readonly tables: readonly Table[]
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly Index[]
  readonly indexes: readonly Index[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly checks: readonly TableCheck[]
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
