// Random rules over a table with a column of every kind, random rows for it, and callers who are in and out of them.
import fc from 'fast-check'
import { app } from '../define/app.ts'
import type { Stored } from '../define/field.ts'
import { boolean, choice, date, decimal, integer, money, ref, text, timestamp } from '../define/fields/index.ts'
import { moneyOf } from '../base/pure/money.ts'
import { join, type Model } from '../define/model.ts'
import type { Expr, Operand } from '../define/predicate.ts'
import { resource } from '../define/resource.ts'
import type { CallerRule } from '../define/rule.ts'
import type { Allow } from '../define/allow.ts'
import type { Actor } from './contract.ts'
import type { StoredRow } from './layout.ts'

const people = resource('people', { fields: {}, owner: 'id', allow: {} })
const teams = resource('teams', { fields: {}, allow: {} })

const things = resource('things', {
  fields: {
    owner: ref(people),
    reviewer: ref(people, { optional: true }),
    team: ref(teams, { readonly: true, optional: true }),
    state: choice(['open', 'shut', "it's"]),
    label: text({ max: 40, optional: true, ignoreCase: true }),
    count: integer({ min: -1000, max: 1000, optional: true }),
    most: integer({ min: -1000, max: 1000 }),
    big: integer({ wide: true, optional: true }),
    price: money('EUR', { optional: true }),
    weight: decimal({ scale: 2, min: '0', max: '1000', optional: true }),
    flag: boolean({ optional: true }),
    moment: timestamp({ optional: true }),
    day: date({ optional: true }),
  },
  allow: {},
})

// No column of it is called as one of `things`, so that a row of each can be laid side by side.
const members = resource('members', {
  fields: {
    person: ref(people),
    inTeam: ref(teams),
    level: integer({ min: 0, max: 9 }),
    kind: choice(['open', 'shut']),
  },
  allow: {},
})

const joined = join(app('random', { people, teams, things, members }))

export interface RandomRule {
  readonly allow: Allow
  /** Has `things` a tenant, and has `members`, which rules look into. */
  readonly isTenanted: boolean
  readonly areMembersTenanted: boolean
}

/** The model in which `things` may be listed, read, created, updated and deleted by one rule, and nothing else may. */
export function modelWith({ allow, isTenanted, areMembersTenanted }: RandomRule): Model {
  const base = joined.nouns.get('things')!
  const verbs = ['list', 'read', 'create', 'update', 'delete'] as const
  const tenant = isTenanted ? 'team' : undefined
  const noun = { ...base, tenant, allow: { ...base.allow, ...Object.fromEntries(verbs.map((verb) => [verb, allow])) } }
  const operations = verbs.map((verb) => ({
    id: `things.${verb}`,
    verb,
    noun,
    path: noun.path,
    allow,
    scope: verb === 'list' || verb === 'create' ? ('collection' as const) : ('row' as const),
    action: undefined,
  }))
  const members = { ...joined.nouns.get('members')!, tenant: areMembersTenanted ? 'inTeam' : undefined }
  return { ...joined, nouns: new Map(joined.nouns).set('things', noun).set('members', members), operations }
}

const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
export const peopleIds = [1, 2, 3].map(idOf)
export const teamIds = [11, 12].map(idOf)

// ---- rows

const person = fc.constantFrom(...peopleIds)
const team = fc.constantFrom(...teamIds)
const orNull = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { freq: 4 })
const labels = ['', 'a', 'B', 'b', 'ä', "it's", '\\', '\u{1f600}', '\uffee', '%', ':plinth_caller']
const numbers = [-1000, -1, 0, 1, 7, 1000]
const wides = ['-9223372036854775808', '-5', '-50', '0', '9', '10', '9223372036854775807']
const moments = ['2020-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.120Z']
const days = ['0001-01-01', '2024-02-29', '9999-12-31']

/** The columns between the id and the times, as they are stored. */
const fieldsOfThing: readonly fc.Arbitrary<Stored>[] = [
  person,
  orNull(person),
  orNull(team),
  fc.constantFrom('open', 'shut', "it's"),
  orNull(fc.constantFrom(...labels)),
  orNull(fc.constantFrom(...numbers)),
  fc.constantFrom(...numbers),
  orNull(fc.constantFrom(...wides)),
  orNull(fc.constantFrom(...numbers)),
  orNull(fc.constantFrom(0, 150, 100_000)),
  orNull(fc.boolean()),
  orNull(fc.constantFrom(...moments)),
  orNull(fc.constantFrom(...days)),
]

const stamped = (n: number, fields: readonly Stored[]): StoredRow => [
  idOf(1000 + n),
  ...fields,
  moments[n % moments.length]!,
  moments[(n + 1) % moments.length]!,
  1,
]

/** Rows of `things`. */
export const rowsOfThings = (least: number, most: number): fc.Arbitrary<StoredRow[]> =>
  fc
    .array(fc.tuple(...fieldsOfThing), { minLength: least, maxLength: most })
    .map((rows) => rows.map((fields, n) => stamped(n, fields)))

/** Rows of `members`. */
export const rowsOfMembers: fc.Arbitrary<StoredRow[]> = fc
  .array(fc.tuple(person, team, fc.integer({ min: 0, max: 9 }), fc.constantFrom('open', 'shut')), { maxLength: 8 })
  .map((rows) => rows.map((fields, n) => stamped(n, fields)))

/** Callers who are nobody, somebody, somebody with roles, and in a tenant or in none. */
export const actors: fc.Arbitrary<Omit<Actor, 'verb'>> = fc.record({
  id: fc.constantFrom(null, ...peopleIds),
  tenant: fc.constantFrom(null, ...teamIds),
  roles: fc.subarray(['clerk', 'a "quoted" {role}, \\ and \n more']),
})

// ---- rules

const column = (name: string, of = 'things'): Operand => ({ column: name, of })
const compares = fc.constantFrom('is', 'lt', 'lte', 'gt', 'gte')
const against = (name: string, values: readonly unknown[]): fc.Arbitrary<Expr> =>
  fc.record({
    op: compares,
    left: fc.constant(column(name)),
    right: fc.constantFrom(...values).map((value) => ({ value })),
  })

const leaves: fc.Arbitrary<Expr> = fc.oneof(
  fc
    .constantFrom('owner', 'reviewer', 'id')
    .map((name): Expr => ({ op: 'is', left: column(name), right: { caller: 'id' } })),
  fc.constant<Expr>({ op: 'is', left: column('team'), right: { caller: 'tenant' } }),
  person.map((value): Expr => ({ op: 'is', left: column('owner'), right: { value } })),
  fc.constant<Expr>({ op: 'is', left: column('owner'), right: column('reviewer') }),
  fc.subarray(['open', 'shut', "it's"]).map((values): Expr => ({ op: 'in', left: column('state'), values })),
  fc.subarray(labels).map((values): Expr => ({ op: 'in', left: column('label'), values })),
  against('label', labels),
  against('count', numbers),
  against('big', wides.map(BigInt)),
  against(
    'price',
    ['-1000.00', '0.01', '7.00'].map((amount) => moneyOf('EUR', amount)),
  ),
  against('weight', ['0', '1.5', '1000']),
  against('flag', [true, false]).map((one): Expr => ({ ...one, op: 'is' }) as Expr), // there is no order of truths
  against(
    'moment',
    moments.map((moment) => new Date(moment)),
  ),
  against(
    'createdAt',
    moments.map((moment) => new Date(moment)),
  ),
  against('day', days),
  fc.record({ op: compares, left: fc.constant(column('count')), right: fc.constant(column('most')) }),
  fc.constantFrom('label', 'count', 'team', 'flag', 'day').map((name): Expr => ({ op: 'isNull', left: column(name) })),
)

const inner = (name: string): Operand => column(name, 'members_1')
const conditions: fc.Arbitrary<Expr> = fc.oneof(
  fc.constant<Expr>({ op: 'is', left: inner('person'), right: { caller: 'id' } }),
  fc.constant<Expr>({ op: 'is', left: inner('inTeam'), right: column('team') }),
  fc.constant<Expr>({ op: 'is', left: inner('inTeam'), right: { caller: 'tenant' } }),
  fc.constant<Expr>({ op: 'is', left: column('owner'), right: inner('person') }),
  fc.constant<Expr>({ op: 'is', left: inner('kind'), right: column('state') }),
  fc.constant<Expr>({ op: 'lt', left: inner('level'), right: column('most') }),
  fc.integer({ min: 0, max: 9 }).map((value): Expr => ({ op: 'gte', left: inner('level'), right: { value } })),
)
const exists: fc.Arbitrary<Expr> = fc
  .array(conditions, { minLength: 1, maxLength: 3 })
  .map((parts) => ({ op: 'exists', resource: 'members', alias: 'members_1', where: { op: 'and', parts } }))

const expressions: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: leaves },
    { weight: 2, arbitrary: exists },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constantFrom('and', 'or'), parts: fc.array(tie('expr'), { maxLength: 3 }) }),
    },
    { weight: 2, arbitrary: tie('expr').map((part): Expr => ({ op: 'not', part })) },
  ),
})).expr

const callerRules: fc.Arbitrary<CallerRule> = fc.constantFrom(
  { rule: 'anyone' },
  { rule: 'signedIn' },
  { rule: 'role', role: 'clerk' },
  { rule: 'role', role: 'a "quoted" {role}, \\ and \n more' },
)

/** Rules of callers and rows, over a resource with a tenant or without. */
export const rules: fc.Arbitrary<RandomRule> = fc.record({
  allow: fc.record({
    callers: fc.array(callerRules, { maxLength: 1 }),
    rows: fc.array(expressions, { minLength: 1, maxLength: 2 }),
  }),
  isTenanted: fc.boolean(),
  areMembersTenanted: fc.boolean(),
})
