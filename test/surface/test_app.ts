// An app that uses everything the language has: what the surface tests ask their questions of.
import {
  action,
  all,
  any,
  anyone,
  app,
  boolean,
  choice,
  compute,
  date,
  decimal,
  derive,
  email,
  ensure,
  exists,
  integer,
  items,
  json,
  money,
  not,
  owner,
  portion,
  problemKind,
  ref,
  resource,
  role,
  secret,
  signedIn,
  slug,
  tenant,
  text,
  times,
  timestamp,
  url,
} from 'plinth'

export const staff = role('staff')

export const people = resource('people', {
  fields: { name: text({ min: 1, max: 80, default: 'New' }), team: ref('teams', { optional: true }) },
  owner: 'id',
  allow: { list: [owner, staff], read: [owner, staff], update: [owner, staff], create: [staff] },
  sort: ['name'],
})

export const teams = resource('teams', {
  fields: { title: text({ min: 1, max: 80 }), lead: ref(people, { optional: true, onDelete: 'clear' }) },
  allow: { list: [signedIn], read: [signedIn], create: [staff], delete: [staff] },
})

export const things = resource('things', {
  fields: {
    name: text({ min: 1, max: 40 }),
    label: text({ max: 40, optional: true, ignoreCase: true, unique: true }),
    mail: email({ optional: true }),
    page: url({ optional: true }),
    path: slug({ optional: true }),
    code: text({ min: 3, max: 8, pattern: '[A-Z0-9-]+', example: 'AB-1', optional: true, unique: true }),
    count: integer({ min: -5, max: 10, default: 0 }),
    big: integer({ wide: true, optional: true }),
    weight: decimal({ scale: 3, min: '0', max: '1000', optional: true }),
    done: boolean({ default: false }),
    state: choice(['open', 'shut', 'lost'], { default: 'open' }),
    at: timestamp({ optional: true }),
    day: date({ optional: true }),
    price: money('USD', { optional: true, min: '0.00' }),
    extra: json({ optional: true }),
    parts: items(
      {
        what: text({ min: 1, max: 20 }),
        many: integer({ min: 1, max: 99, default: 1 }),
        of: ref('things', { optional: true }),
      },
      { max: 3, default: [] },
    ),
    parent: ref('things', { optional: true, inverse: 'children' }),
    hidden: text({ private: true, default: 'canary-hidden' }),
    key: secret({ optional: true }),
    worth: money('USD', { derived: true, optional: true }),
    title: text({ computed: true, max: 100 }),
    cost: integer({ optional: true }),
  },
  allow: {
    list: [anyone],
    read: [anyone],
    create: [signedIn],
    update: [signedIn],
    delete: [staff],
    fields: { cost: { read: [staff], write: [staff] } },
  },
  check: { lostIsEmpty: ({ row }) => any(not(row.state.is('lost')), row.count.is(0)) },
  sort: ['name', 'count', 'at', 'price', 'label', 'createdAt', ['state', 'name']],
  index: [['state', 'name'], 'count'],
  unique: [['state', 'path']],
  search: ['name'],
})

export const thingsDerive = derive(things, {
  worth: ({ data }) => (data.price === null ? null : portion(times(data.price, Math.max(0, data.count)), '1.00')),
})
export const thingsCompute = compute(things, { title: ({ row }) => `${row.name} (${row.state})` })

export const noEnergy = problemKind('no_energy', 409, 'There is no energy left')

export const grow = action(things, 'grow', {
  allow: [signedIn],
  input: { by: integer({ min: 1, max: 100 }), why: text({ max: 20, optional: true }) },
  isolation: 'locked',
  problems: [noEnergy],
  async run({ row, input, tx }) {
    const grown = await tx.add(things, row.id, { count: input.by })
    ensure(grown, noEnergy, 'It cannot grow by that much.')
    return grown
  },
})

export const tally = action(things, 'tally', {
  on: 'collection',
  allow: [anyone],
  output: { things: integer(), latest: timestamp({ optional: true }) },
  async run({ tx }) {
    const found = await tx.find(things, {}, { limit: 1000, sort: '-createdAt' })
    return { things: found.length, latest: found[0]?.createdAt ?? null }
  },
})

export const notes = resource('notes', {
  fields: {
    author: ref(people, { readonly: true, inverse: 'notes' }),
    team: ref(teams, { optional: true }),
    body: text({ min: 1, max: 200 }),
    shared: boolean({ default: false }),
  },
  owner: 'author',
  allow: {
    list: [
      owner,
      ({ row, me }) =>
        all(
          row.shared.is(true),
          exists(people, (person) => all(person.id.is(me.id), person.team.is(row.team))),
        ),
    ],
    read: [
      owner,
      ({ row, me }) =>
        all(
          row.shared.is(true),
          exists(people, (person) => all(person.id.is(me.id), person.team.is(row.team))),
        ),
    ],
    create: [signedIn],
    update: [owner],
    delete: [owner],
  },
  sort: ['body'],
  requireMatch: true,
})

export const organizations = resource('organizations', {
  fields: { name: text({ min: 1, max: 80 }) },
  allow: { read: [staff], create: [staff] },
})

export const papers = resource('papers', {
  fields: {
    organization: ref(organizations, { readonly: true }),
    name: text({ min: 1, max: 80, unique: true }),
    next: ref('papers', { optional: true }),
  },
  tenant: 'organization',
  allow: { list: [tenant], read: [tenant], create: [signedIn], update: [tenant], delete: [tenant] },
  sort: ['name'],
})

export default app(
  'atlas',
  { people, teams, things, thingsDerive, thingsCompute, grow, tally, notes, organizations, papers },
  { profile: { of: people, make: () => ({}) } },
)
