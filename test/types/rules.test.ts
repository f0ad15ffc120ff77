// Rules are predicates over row and caller: what can be compared with what, and where a field may be named.
import { test } from 'node:test'
import {
  all,
  any,
  anyone,
  boolean,
  choice,
  exists,
  integer,
  items,
  json,
  money,
  not,
  owner,
  ref,
  resource,
  role,
  type Rule,
  secret,
  signedIn,
  tenant,
  text,
  timestamp,
  type Where,
} from 'plinth'
import { moneyOf } from '../../src/base/pure/money.ts'

const people = resource('people', { fields: { name: text() }, allow: {} })
const teams = resource('teams', { fields: { title: text() }, allow: {} })
const memberships = resource('memberships', {
  fields: { team: ref(teams), person: ref(people), since: timestamp() },
  allow: {},
})
const fields = {
  person: ref(people, { optional: true }),
  team: ref(teams),
  count: integer(),
  big: integer({ wide: true }),
  status: choice(['open', 'shut']),
  price: money('USD'),
  on: boolean(),
  at: timestamp(),
  note: text({ optional: true }),
  hidden: secret({ optional: true }),
  data: json({ optional: true }),
  lines: items({ name: text() }),
}
type Fields = typeof fields
const where = (rule: Where<Fields>): Rule<Fields> => rule

test('a column is compared with a value of its kind, a column of its kind, or the caller', () => {
  void [
    where(({ row, me }) => row.person.is(me.id)),
    where(({ row, me }) => row.team.is(me.tenant)),
    where(({ row, me }) => row.id.is(me.id)),
    where(({ row }) => row.count.lt(3)),
    where(({ row }) => row.big.gte(3n)),
    where(({ row }) => row.status.in(['open', 'shut'])),
    where(({ row }) => row.price.lte(moneyOf('USD', '1'))),
    where(({ row }) => row.on.is(true)),
    where(({ row }) => row.at.gt(row.createdAt)),
    where(({ row }) => row.note.isNull),
    where(({ row }) => not(any(row.note.isNull, all(row.count.is(row.count))))),
  ]
  void [
    // @ts-expect-error A text is no number.
    where(({ row }) => row.count.is('3')),
    // @ts-expect-error A number is no bigint.
    where(({ row }) => row.big.is(3)),
    // @ts-expect-error Not one of the choices.
    where(({ row }) => row.status.is('ajar')),
    // @ts-expect-error Each of them is a choice.
    where(({ row }) => row.status.in(['open', 'ajar'])),
    // @ts-expect-error Another currency.
    where(({ row }) => row.price.lt(moneyOf('EUR', '1'))),
    // @ts-expect-error A number is no time.
    where(({ row }) => row.at.lt(0)),
    // @ts-expect-error Columns of two kinds.
    where(({ row }) => row.count.is(row.note)),
    // @ts-expect-error Ids of two resources.
    where(({ row }) => row.team.is(row.person)),
    // @ts-expect-error The caller's id is a text, never a number.
    where(({ row, me }) => row.count.is(me.id)),
    // @ts-expect-error Null is asked by isNull.
    where(({ row }) => row.note.is(null)),
  ]
})

test('a rule answers a predicate: neither a boolean nor nothing', () => {
  void [
    // @ts-expect-error `===` compares two symbols, and is false.
    where(({ row, me }) => row.person === me.id),
    // @ts-expect-error `!` makes a boolean.
    where(({ row }) => !row.note.isNull),
    // @ts-expect-error A block without return.
    where(({ row }) => {
      void row.note.isNull
    }),
    // @ts-expect-error Not a promise of one.
    where(async ({ row }) => row.note.isNull),
  ]
})

test('a rule names what has a column', () => {
  void [
    // @ts-expect-error There is no such field.
    where(({ row }) => row.nobody.isNull),
    // @ts-expect-error Items are rows of their own.
    where(({ row }) => row.lines.isNull),
    // @ts-expect-error The caller has an id and a tenant.
    where(({ row, me }) => row.note.is(me.name)),
  ]
})

test('exists asks the rows of another resource, bound to the row outside', () => {
  void [
    where(({ row, me }) => exists(memberships, (one) => all(one.team.is(row.team), one.person.is(me.id)))),
    // @ts-expect-error A membership has no such field.
    where(({ row }) => exists(memberships, (one) => one.title.is(row.note))),
    // @ts-expect-error A person is no team.
    where(({ row }) => exists(memberships, (one) => one.person.is(row.team))),
    // @ts-expect-error It takes a noun.
    where(({ row }) => exists('memberships', () => row.note.isNull)),
  ]
})

test('rules stand where verbs and fields of the resource are named', () => {
  const staff = role('staff')
  resource('fine', {
    fields,
    owner: 'person',
    tenant: 'team',
    allow: {
      list: [staff, owner, tenant],
      read: [anyone, ({ row }) => row.on.is(true)],
      create: [signedIn],
      fields: { price: { read: [staff, ({ row, me }) => row.person.is(me.id)], write: [staff] } },
    },
    check: { order: ({ row }) => row.at.lt(row.createdAt), small: ({ row }) => row.count.lt(10) },
    sort: ['count', ['status', 'count'], 'at', 'createdAt'],
    index: ['status', ['team', 'createdAt']],
    unique: [['team', 'count']],
    search: ['note'],
  })
  void (() => {
    // @ts-expect-error No such verb.
    resource('odd', { fields, allow: { remove: [staff] } })
    // @ts-expect-error No such field.
    resource('odd', { fields, allow: { fields: { cost: { read: [staff] } } } })
    // @ts-expect-error A rule of a field sees the row's fields alone.
    resource('odd', { fields, allow: { fields: { price: { read: [({ row }) => row.cost.isNull] } } } })
    // @ts-expect-error A check has no caller: the database asks it.
    resource('odd', { fields, allow: {}, check: { mine: ({ row, me }) => row.person.is(me.id) } })
    // @ts-expect-error A check answers a predicate.
    resource('odd', { fields, allow: {}, check: { odd: ({ row }) => row.count > 3 } })
    // @ts-expect-error No such field to sort by.
    resource('odd', { fields, allow: {}, sort: ['cost'] })
    // @ts-expect-error Nor in a sort of several.
    resource('odd', { fields, allow: {}, sort: [['status', 'cost']] })
    // @ts-expect-error Nor for an index.
    resource('odd', { fields, allow: {}, index: [['cost', 'createdAt']] })
    // @ts-expect-error Nor for a unique key, which is a list of lists.
    resource('odd', { fields, allow: {}, unique: [['team', 'cost']] })
    // @ts-expect-error Nor for the search.
    resource('odd', { fields, allow: {}, search: ['cost'] })
    // @ts-expect-error The owner is one of the fields, or the row itself.
    resource('odd', { fields, owner: 'cost', allow: {} })
  })
})
