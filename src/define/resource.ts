// The noun: its fields, who may do what with its rows, and what the database guarantees about them.
import type { Field, Fields } from './field.ts'
import type { ProblemKind } from '../base/pure/problem.ts'
import type { Flat, Id, InputOf, NewFor, PatchOf, RowOf, WireOf } from './infer.ts'
import type { Check } from './predicate.ts'
import type { Rule } from './rule.ts'
import { withTenant, type WithTenant } from './tenant.ts'

export type Verb = 'list' | 'read' | 'history' | 'create' | 'update' | 'delete'

type Names<F extends Fields> = keyof F & string
type Sortable<F extends Fields> = Names<F> | 'createdAt' | 'updatedAt'

/** Per-field rules: `read` hides the field from others, `write` refuses it from them. */
export interface FieldRules<F extends Fields> {
  readonly read?: readonly Rule<F>[]
  readonly write?: readonly Rule<F>[]
}

export interface ResourceSpec<F extends Fields, Owner extends Names<F> | 'id' = never, Tenant extends string = string> {
  readonly fields: F
  /** The reference that names the caller a row belongs to; `'id'` where the row is the caller's own profile. */
  readonly owner?: Owner
  /**
   * The reference that names the tenant: it leads every index and unique key, references carry it, every rule is bound
   * to it, and the server sets it. Where `fields` does not declare it, it names an organization and is not shown.
   */
  readonly tenant?: Tenant
  /** Denied unless allowed here. */
  readonly allow: { readonly [V in Verb]?: readonly Rule<NoInfer<F>>[] } & {
    readonly fields?: { readonly [K in keyof NoInfer<F>]?: FieldRules<NoInfer<F>> }
  }
  /** Conditions across the fields of one row, by name; constraints of the database too. */
  readonly check?: { readonly [name: string]: Check<NoInfer<F>> }
  /** Sorts that lists accept besides `id`: a field, or several in order. Each is served by an index of its own. */
  readonly sort?: readonly (Sortable<NoInfer<F>> | readonly Sortable<NoInfer<F>>[])[]
  /** Indexes for filters: equality fields, then optionally the sort that is used with them. */
  readonly index?: readonly (Sortable<NoInfer<F>> | readonly Sortable<NoInfer<F>>[])[]
  /** Values that no two rows share in combination. */
  readonly unique?: readonly (readonly Names<NoInfer<F>>[])[]
  /** Where its lists are, below the root of the API, and what its operations are called by; default its name. */
  readonly path?: string
  /** Where its actions on the collection are, if they are not beside its rows. */
  readonly actions?: string
  /**
   * Channel that is woken when a row was written: what a process remembers of rows, it then forgets. `about`: the
   * fields that name what the row is about, so that nothing else is forgotten; without it, or where all are null, all.
   */
  readonly wakes?: { readonly channel: string; readonly about?: readonly (Names<NoInfer<F>> | 'id')[] }
  /** Text fields that `q=` searches. */
  readonly search?: readonly Names<NoInfer<F>>[]
  /** Changes need `If-Match` (428 without). */
  readonly requireMatch?: boolean
  /** Changes need an `Idempotency-Key` (400 without); actions say so themselves. */
  readonly requireKey?: boolean
  /** `false`: no record is kept of who changed its rows. Every resource has one otherwise. */
  readonly audit?: boolean
  /** The app's own problems, by operation, for the contract. */
  readonly problems?: { readonly [V in Verb]?: readonly ProblemKind[] }
  /** What one row is, in a sentence, for the contract. */
  readonly description?: string
}

export interface Resource<N extends string = string, F extends Fields = Fields, Owner extends string = string> {
  readonly type: 'resource'
  readonly name: N
  readonly fields: F
  // The spec of any fields: rules are contravariant in F, so the precise type would make resources incomparable.
  readonly spec: ResourceSpec<Fields, string>
  readonly ownedBy?: Owner
}

/** A resource of any shape, where only its name and fields at run time matter. */
export type AnyResource = Resource<string, Fields, string>

/**
 * Declares a resource. The name is what lasts: table, URL and events carry it; renaming the constant renames nothing.
 * Anything that runs code on the noun (derive, compute, action) is a statement of its own.
 */
export function resource<
  const N extends string,
  F extends Fields,
  const Owner extends Names<F> | 'id' = never,
  const Tenant extends string = never,
>(name: N, spec: ResourceSpec<F, Owner, Tenant>): Resource<N, WithTenant<F, Tenant>, Owner | Tenant> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) {
    throw new TypeError(`resource "${name}": a name is lower case letters, digits and _, at most 41`)
  }
  const plain = spec as unknown as ResourceSpec<Fields, string> // see Resource.spec
  // The one line that adds what the type says.
  const fields = Object.freeze(withTenant(name, plain)) as WithTenant<F, Tenant>
  return Object.freeze({ type: 'resource', name, fields, spec: Object.freeze({ ...plain, fields }) })
}

type Meta<N extends string> = { id: Id<N>; createdAt: Date; updatedAt: Date }

/** A row as server code sees it. */
export type Row<R> = R extends Resource<infer N, infer F, string> ? Flat<Meta<N> & RowOf<F>> : never
/** What server code gives to create a row. */
export type New<R> = R extends Resource<string, infer F, infer O> ? NewFor<F, O> : never
/** What server code gives to change a row. */
export type Patch<R> = R extends Resource<string, infer F, string> ? PatchOf<F> : never
/** What a client sends to create a row. */
export type Input<R> = R extends Resource<string, infer F, string> ? InputOf<F> : never
/** A row as a client sees it. */
export type WireRow<R> =
  R extends Resource<infer N, infer F, string>
    ? Flat<{ id: Id<N>; createdAt: string; updatedAt: string } & WireOf<F>>
    : never

export type AnyField = Field<unknown, {}, string, unknown>
