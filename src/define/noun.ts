// A resource made ready: its fields with columns and rules, its sorts and indexes, the code that belongs to it.
import { type Allow, readAllow } from './allow.ts'
import type { Compute, Derive } from './derive.ts'
import type { Fields } from './field.ts'
import { readWhere, type Expr } from './predicate.ts'
import type { AnyField, AnyResource, Verb } from './resource.ts'

/** One field of a noun (or of its items), with the names and rules the rest of the house asks for. */
export interface NounField {
  readonly name: string
  readonly field: AnyField
  /** Column of the table, snake_case; undefined for items and computed fields. */
  readonly column: string | undefined
  /** Column of the folded text, where comparisons ignore case. */
  readonly keyColumn: string | undefined
  /** May a client send it at all. */
  readonly client: boolean
  /** Is it on the wire at all. */
  readonly shown: boolean
  /** Who sees it and who sets it, where the resource says so. */
  readonly read: Allow | undefined
  readonly write: Allow | undefined
}

export interface NounItems {
  readonly name: string
  readonly field: AnyField
  readonly table: string
  readonly fields: readonly NounField[]
  /**
   * The tenant's field of the row, where items refer to other rows: their references carry it too. It is a column of
   * the items' own table, written with the row and never shown.
   */
  readonly tenant: string | undefined
  readonly client: boolean
  readonly shown: boolean
  /** Who sees them and who sets them, all of them together, where the resource says so. */
  readonly read: Allow | undefined
  readonly write: Allow | undefined
}

/** Fields of a sort in order; `id` follows as the last key always. */
export interface Sort {
  readonly keys: readonly string[]
}

export interface Inverse {
  /** Segment in the URL and name in expansions: `/customers/{id}/orders`. */
  readonly name: string
  readonly noun: string
  readonly field: string
}

export interface Noun {
  readonly name: string
  readonly table: string
  /** Below the root of the API: `orders`, or `auth/sessions` for what the house keeps there. */
  readonly path: string
  /** The same for its actions on the collection. */
  readonly actionsPath: string
  readonly resource: AnyResource
  /** Fields with a column, in declared order. */
  readonly fields: readonly NounField[]
  readonly computed: readonly NounField[]
  readonly items: readonly NounItems[]
  /** All of them by name. */
  readonly byName: ReadonlyMap<string, NounField | NounItems>
  readonly owner: string | undefined
  readonly tenant: string | undefined
  /** Is a record kept of what happens to its rows. */
  readonly audited: boolean
  readonly allow: { readonly [V in Verb]: Allow }
  readonly checks: readonly { readonly name: string; readonly expr: Expr }[]
  readonly sorts: readonly Sort[]
  readonly indexes: readonly (readonly string[])[]
  readonly uniques: readonly (readonly string[])[]
  readonly search: readonly string[]
  /** Lists of other nouns that name this one. Filled when the app is joined. */
  readonly inverses: readonly Inverse[]
  readonly derive: Derive | undefined
  readonly compute: Compute | undefined
}

export const columnOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

interface Statements {
  readonly derive: Derive | undefined
  readonly compute: Compute | undefined
  readonly inverses: readonly Inverse[]
}

const verbs: readonly Verb[] = ['list', 'read', 'history', 'create', 'update', 'delete']
/** What tables of the house are named with, so that no app's table ever meets one. */
export const housePrefix = 'plinth_'
const meta = ['id', 'createdAt', 'updatedAt', 'version'] as const

/** Makes a resource ready. Fails with a TypeError that names what is wrong in its definition. */
export function readNoun(resource: AnyResource, statements: Statements): Noun {
  const { spec, name } = resource
  checkNames(name, spec.fields, [...meta])
  const all = Object.entries(spec.fields)
  const fields = all
    .filter(([, field]) => !field.of && !field.options.computed)
    .map(([key, field]) => readField(resource, key, field))
  const computed = all
    .filter(([, field]) => field.options.computed)
    .map(([key, field]) => readField(resource, key, field))
  const items = all.filter(([, field]) => field.of).map(([key, field]) => readItems(resource, key, field))
  const noun: Noun = Object.freeze({
    name,
    table: name,
    path: spec.path ?? name,
    actionsPath: spec.actions ?? spec.path ?? name,
    resource,
    fields,
    computed,
    items,
    byName: new Map([...fields, ...computed, ...items].map((one) => [one.name, one])),
    owner: spec.owner,
    tenant: spec.tenant,
    audited: spec.audit ?? true,
    // Object.fromEntries forgets the keys' names; `verbs` lists every one of them.
    allow: Object.fromEntries(
      verbs.map((verb) => [verb, readAllow(resource, spec.allow[verb], `${name}.allow.${verb}`)]),
    ) as Noun['allow'],
    checks: Object.entries(spec.check ?? {}).map(([check, where]) => ({
      name: check,
      expr: readWhere(resource, ({ row }) => where({ row }), `${name}.check.${check}`),
    })),
    sorts: [{ keys: [] }, ...(spec.sort ?? []).map((keys) => ({ keys: typeof keys === 'string' ? [keys] : keys }))],
    indexes: (spec.index ?? []).map((keys) => (typeof keys === 'string' ? [keys] : keys)),
    uniques: [...fields.filter((one) => one.field.options.unique).map((one) => [one.name]), ...(spec.unique ?? [])],
    search: spec.search ?? [],
    ...statements,
  })
  checkStatements(noun)
  checkSorts(noun)
  if (spec.allow.history !== undefined && !noun.audited)
    throw new TypeError(`${name}.allow.history: with \`audit: false\` there is no history to read`)
  return noun
}

function readField(resource: AnyResource, name: string, field: AnyField): NounField {
  const { options, kind } = field
  const stored = kind.storage !== undefined && !options.computed
  return Object.freeze({
    name,
    field,
    column: stored ? columnOf(name) : undefined,
    keyColumn: stored && kind.folded ? `${columnOf(name)}_key` : undefined,
    client:
      !options.readonly && !options.derived && !options.computed && !options.private && name !== resource.spec.tenant,
    shown: !options.private,
    ...readRules(resource, name),
  })
}

/** The rules of one field. They are asked of a row that is here, so they cannot look at others. */
function readRules(resource: AnyResource, name: string): Pick<NounField, 'read' | 'write'> {
  const rules = resource.spec.allow.fields?.[name]
  const readOne = (half: 'read' | 'write'): Allow | undefined => {
    const what = `${resource.name}.allow.fields.${name}.${half}`
    const allow = rules?.[half] && readAllow(resource, rules[half], what)
    if (allow?.rows.some(looksAtOthers)) throw new TypeError(`${what}: a rule of a field sees its own row only`)
    return allow
  }
  return { read: readOne('read'), write: readOne('write') }
}

function looksAtOthers(expr: Expr): boolean {
  if (expr.op === 'exists') return true
  if (expr.op === 'and' || expr.op === 'or') return expr.parts.some(looksAtOthers)
  return expr.op === 'not' && looksAtOthers(expr.part)
}

/** The fields of an action's own answer, which belong to no resource. */
export const readFields = (fields: Fields): NounField[] =>
  Object.entries(fields).map(([name, field]) => ({
    name,
    field,
    column: undefined,
    keyColumn: undefined,
    client: false,
    shown: !field.options.private,
    read: undefined,
    write: undefined,
  }))

function readItems(resource: AnyResource, name: string, field: AnyField): NounItems {
  const of: Fields = field.of ?? {}
  const refers = Object.values(of).some(({ to }) => to !== undefined)
  const tenant = refers ? resource.spec.tenant : undefined
  checkNames(`${resource.name}.${name}`, of, ['id', 'parent', 'position', ...(tenant === undefined ? [] : [tenant])])
  return Object.freeze({
    name,
    field,
    table: `${resource.name}__${columnOf(name)}`,
    tenant,
    // A part of an item has no rules of its own, whatever the row's own field of that name has.
    fields: Object.entries(of).map(([key, item]) => ({
      ...readField(resource, key, item),
      read: undefined,
      write: undefined,
    })),
    client: !field.options.readonly && !field.options.derived,
    shown: !field.options.private,
    ...readRules(resource, name),
  })
}

function checkNames(what: string, fields: Fields, taken: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (!/^[a-z][a-zA-Z0-9]{0,40}$/.test(name)) {
      throw new TypeError(`${what}: field "${name}": a name is camelCase letters and digits, at most 41`)
    }
    if (taken.includes(name)) throw new TypeError(`${what}: field "${name}" exists on every row already`)
  }
}

function checkStatements(noun: Noun): void {
  const need = (option: 'derived' | 'computed', verb: string, by: object | undefined): void => {
    const declared = [...noun.byName.values()].filter((one) => one.field.options[option]).map((one) => one.name)
    const missing = declared.filter((name) => by === undefined || !(name in by))
    if (missing.length > 0)
      throw new TypeError(`${noun.name}: "${missing.join('", "')}" is ${option}, but no ${verb}() says how`)
  }
  need('derived', 'derive', noun.derive?.by)
  need('computed', 'compute', noun.compute?.by)
}

function checkSorts(noun: Noun): void {
  const nullable = (name: string): boolean => noun.byName.get(name)?.field.options.optional === true
  const columns = (name: string): NounField => {
    const found = noun.byName.get(name)
    if (found === undefined || !('column' in found) || found.column === undefined) {
      throw new TypeError(`${noun.name}: "${name}" is not a field with a column`)
    }
    return found
  }
  for (const { keys } of noun.sorts) {
    for (const key of keys) {
      if (key === 'createdAt' || key === 'updatedAt') continue
      const { field } = columns(key)
      if (!field.kind.sortable) throw new TypeError(`${noun.name}.sort: ${field.kind.name} "${key}" has no order`)
      if (!columns(key).shown) throw new TypeError(`${noun.name}.sort: "${key}" is private`)
    }
    if (keys.length > 1 && keys.some(nullable)) {
      throw new TypeError(`${noun.name}.sort: [${keys.join(', ')}] holds an optional field; sort by it alone`)
    }
  }
  for (const name of [...noun.uniques.flat(), ...noun.indexes.flat()]) {
    if (name !== 'createdAt' && name !== 'updatedAt') columns(name)
  }
  for (const name of noun.search) {
    if (!columns(name).shown) throw new TypeError(`${noun.name}.search: "${name}" is private`)
  }
}
