// What the declared policy says of a caller and a row: read from the declaration alone, as a person would read it.
import { type Expr, type Operand, readWhere } from '../../src/define/predicate.ts'
import type { AnyResource, Verb } from '../../src/define/resource.ts'
import type { Rule } from '../../src/define/rule.ts'

/** A row with every value it has, server values by field name. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string }

/** Every row there is, by the name of its resource. */
export type World = ReadonlyMap<string, readonly Row[]>

/** Who asks. */
export interface Person {
  readonly name: string
  readonly id: string | null
  /** Of the account; and `member:…`, the role in the organization. */
  readonly roles: readonly string[]
  readonly tenant: string | null
  /** Is the organization named in a header, and membership looked up; the token says it otherwise. */
  readonly byHeader?: true
}

/** Where a rule is asked. */
export interface Scene {
  readonly world: World
  readonly person: Person
  readonly noun: AnyResource
}

/** Does one of the rules allow it, for this row; without a row only what the caller alone decides counts. */
export function allows(scene: Scene, rules: readonly Rule[] | undefined, row?: Row): boolean {
  if (row !== undefined && !isOfTenant(scene, row)) return false
  return (rules ?? []).some((rule) => holds(scene, rule, row))
}

/** Does any rule reach this caller at all: by who it is, or because some rows may be its own. */
export const reaches = (scene: Scene, rules: readonly Rule[] | undefined): boolean =>
  (rules ?? []).some((rule) => holds(scene, rule, undefined) || (isOfRows(rule) && scene.person.id !== null))

/** The same for a verb. */
export const verbRules = ({ noun }: Scene, verb: Verb): readonly Rule[] | undefined => noun.spec.allow[verb]

// Rows of a resource with a tenant are there for callers of that tenant alone, whatever the rules are.
function isOfTenant({ noun, person }: Scene, row: Row): boolean {
  const { tenant } = noun.spec
  return tenant === undefined || (person.tenant !== null && row[tenant] === person.tenant)
}

const isOfRows = (rule: Rule): boolean => typeof rule === 'function' || ['owner', 'tenant'].includes(rule.rule)

function holds(scene: Scene, rule: Rule, row: Row | undefined): boolean {
  const { noun, person } = scene
  if (typeof rule !== 'function') {
    if (rule.rule === 'anyone') return true
    if (rule.rule === 'signedIn') return person.id !== null
    if (rule.rule === 'role') return person.roles.includes(rule.role ?? '')
    if (rule.rule === 'member') return person.roles.includes(`member:${rule.role ?? ''}`)
  }
  if (row === undefined || person.id === null) return false
  if (typeof rule === 'function') return truth(scene, readWhere(noun, rule, noun.name), new Map([[noun.name, row]]))
  if (rule.rule === 'owner') return row[noun.spec.owner ?? ''] === person.id
  return row[noun.spec.tenant ?? ''] === person.tenant && person.tenant !== null
}

// The apps under test compare for equality, emptiness and being among some; more would be refused below.
function truth(scene: Scene, expr: Expr, rows: ReadonlyMap<string, Row>): boolean {
  const value = (operand: Operand): unknown => {
    if ('value' in operand) return operand.value
    return 'caller' in operand ? scene.person[operand.caller] : rows.get(operand.of)?.[operand.column]
  }
  switch (expr.op) {
    case 'and':
      return expr.parts.every((part) => truth(scene, part, rows))
    case 'or':
      return expr.parts.some((part) => truth(scene, part, rows))
    case 'not':
      return !truth(scene, expr.part, rows)
    case 'isNull':
      return value(expr.left) === null
    case 'in':
      return expr.values.includes(value(expr.left))
    case 'is':
      return value(expr.left) !== null && value(expr.left) === value(expr.right)
    case 'exists':
      return (scene.world.get(expr.resource) ?? []).some((other) =>
        truth(scene, expr.where, new Map([...rows, [expr.alias, other]])),
      )
    default:
      throw new TypeError(`the oracle does not know "${expr.op}"`)
  }
}

/** Names of the fields of this row that the caller sees, besides its id and times. */
export function seenFields(scene: Scene, row: Row): string[] {
  return Object.keys(scene.noun.fields).filter((name) => seesField(scene, name, row))
}

/** May the caller see this field of this row. */
export function seesField(scene: Scene, name: string, row: Row): boolean {
  const { noun } = scene
  if (noun.fields[name]?.options.private === true) return false
  const rules = noun.spec.allow.fields?.[name]?.read
  return rules === undefined || allows(scene, rules, row)
}

/** May the caller name this field in filters, sorts and searches: only who sees it in whatever row. */
export function namesField(scene: Scene, name: string): boolean {
  const { noun } = scene
  if (noun.fields[name]?.options.private === true) return false
  const rules = noun.spec.allow.fields?.[name]?.read
  return rules === undefined || allows(scene, rules)
}

/** May the caller set this field: of a row that is there, or, without one, of a new row. */
export function setsField(scene: Scene, name: string, row?: Row): boolean {
  const rules = scene.noun.spec.allow.fields?.[name]?.write
  return rules === undefined || allows(scene, rules, row)
}

/** The row as this caller is shown it: which members it has. */
export const membersOf = (scene: Scene, row: Row): string[] =>
  ['id', ...seenFields(scene, row), 'createdAt', 'updatedAt'].toSorted()

/** May the caller read the row. */
export const reads = (scene: Scene, row: Row): boolean => allows(scene, verbRules(scene, 'read'), row)

/**
 * Is the row there for a caller who wants to do something with it: only where it may be read. Whom no rule of reading
 * reaches at all, or where reading is not declared, it is there by the rule of what is to be done.
 */
export function isThere(scene: Scene, row: Row, rules: readonly Rule[] | undefined): boolean {
  const reading = verbRules(scene, 'read')
  return reaches(scene, reading) ? allows(scene, reading, row) : allows(scene, rules, row)
}
