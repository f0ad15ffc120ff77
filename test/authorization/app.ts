// An app that holds every kind of rule the language has: what the matrix of permissions is asked of.
import {
  action,
  all,
  any,
  anyone,
  app,
  boolean,
  choice,
  compute,
  derive,
  exists,
  integer,
  items,
  member,
  money,
  not,
  owner,
  ref,
  resource,
  role,
  secret,
  signedIn,
  tenant,
  text,
} from 'plinth'

const staff = role('staff')
const clerk = role('clerk')

export const organizations = resource('organizations', {
  fields: { name: text({ min: 1, max: 40 }) },
  allow: { list: [clerk], read: [({ row, me }) => row.id.is(me.tenant)] },
})

export const people = resource('people', {
  fields: {
    name: text({ min: 1, max: 40, default: 'New' }),
    phone: text({ max: 40, optional: true }),
    level: integer({ min: 0, max: 9, readonly: true, default: 0 }),
  },
  owner: 'id',
  allow: {
    list: [owner, staff],
    read: [owner, staff],
    update: [owner, clerk],
    fields: { phone: { read: [owner, clerk], write: [owner] } },
  },
  sort: ['name'],
})

/** Who works on what: asked by rules over other rows, shown to few. */
export const members = resource('members', {
  fields: { person: ref(people), desk: integer({ min: 0, max: 9 }) },
  allow: { list: [staff] },
})

export const dossiers = resource('dossiers', {
  fields: {
    writer: ref(people, { readonly: true, inverse: 'dossiers' }),
    reviewer: ref(people, { optional: true, inverse: 'reviews' }),
    state: choice(['draft', 'open', 'shut'], { default: 'draft' }),
    desk: integer({ min: 0, max: 9, default: 0 }),
    title: text({ min: 1, max: 80 }),
    cost: money('EUR', { optional: true, min: '0.00' }),
    verdict: text({ max: 80, optional: true }),
    hidden: text({ private: true, default: 'canary' }),
    key: secret({ optional: true }),
    rank: integer({ readonly: true, min: 0, max: 99, default: 0 }),
    worth: money('EUR', { derived: true, optional: true }),
    label: text({ computed: true, max: 100 }),
    lines: items({ what: text({ min: 1, max: 20 }), person: ref(people, { optional: true }) }, { max: 3, default: [] }),
  },
  owner: 'writer',
  allow: {
    list: [owner, staff, ({ row }) => row.state.is('open')],
    // A draft is its writer's; what is open is the desk's too.
    read: [
      owner,
      staff,
      ({ row, me }) =>
        all(
          not(row.state.is('draft')),
          exists(members, (member) => all(member.person.is(me.id), member.desk.is(row.desk))),
        ),
    ],
    history: [owner, clerk],
    create: [({ row, me }) => all(row.writer.is(me.id), row.state.is('draft'))],
    update: [staff, ({ row, me }) => all(row.writer.is(me.id), any(row.state.is('draft'), row.verdict.isNull))],
    delete: [({ row, me }) => all(row.writer.is(me.id), row.state.is('draft'))],
    fields: {
      reviewer: { read: [staff, owner], write: [staff] },
      cost: { read: [staff], write: [staff] },
      verdict: { read: [staff, ({ row }) => row.state.is('shut')], write: [staff, owner] },
      worth: { read: [staff] },
      label: { read: [signedIn] },
      lines: { read: [staff, owner], write: [owner] },
    },
  },
  sort: ['title', 'desk', 'cost', 'createdAt'],
  index: ['state', 'reviewer'],
  search: ['title'],
})

export const dossiersDerive = derive(dossiers, { worth: ({ data }) => data.cost })
export const dossiersCompute = compute(dossiers, { label: ({ row }) => `${row.title} (${row.state})` })

export const judge = action(dossiers, 'judge', {
  allow: [staff, ({ row }) => row.state.is('open')],
  input: { verdict: text({ min: 1, max: 80 }), reviewer: ref(people, { optional: true }) },
  isolation: 'locked',
  run: ({ row, input, tx }) => tx.update(dossiers, row.id, { verdict: input.verdict }),
})

export const weigh = action(dossiers, 'weigh', {
  allow: [owner, clerk],
  output: { length: integer() },
  run: async ({ row }) => ({ length: row.title.length }),
})

export const tally = action(dossiers, 'tally', {
  on: 'collection',
  allow: [staff, clerk],
  output: { dossiers: integer() },
  isolation: 'locked',
  run: async ({ tx }) => ({ dossiers: (await tx.find(dossiers, {})).length }),
})

export const papers = resource('papers', {
  fields: {
    writer: ref(people, { readonly: true }),
    // Of the tenant's own rows: what others call theirs is no conflict, and nothing that could be told.
    name: text({ min: 1, max: 80, unique: true }),
    margin: text({ max: 80, optional: true }),
    parent: ref('papers', { optional: true, inverse: 'children' }),
  },
  tenant: 'organization',
  owner: 'writer',
  allow: {
    list: [tenant],
    read: [tenant, anyone],
    history: [staff],
    create: [signedIn],
    update: [owner, clerk, member('admin')],
    delete: [owner, member('owner')],
    fields: { margin: { read: [owner, staff] } },
  },
  sort: ['name'],
  search: ['name', 'margin'],
})

/** Letters are put in by anybody; clerks may stamp and drop them, and not read them. */
export const letters = resource('letters', {
  fields: { body: text({ min: 1, max: 200 }), stamped: boolean({ default: false }) },
  allow: { list: [staff], read: [staff], create: [anyone], update: [clerk], delete: [clerk], history: [clerk] },
})

/** What is there and nobody may touch. */
export const vaults = resource('vaults', {
  fields: { name: text({ max: 40 }), keeper: ref(people, { optional: true, inverse: 'vaults' }) },
  allow: {},
})

export const board = resource('board', {
  fields: {
    pinned: boolean({ default: false }),
    text: text({ min: 1, max: 80 }),
    about: ref(dossiers, { optional: true }),
    vault: ref(vaults, { optional: true }),
  },
  allow: { list: [anyone], read: [anyone], create: [signedIn], update: [signedIn], delete: [staff, clerk] },
  sort: ['text'],
})

const parts = {
  organizations,
  people,
  members,
  dossiers,
  dossiersDerive,
  dossiersCompute,
  judge,
  weigh,
  tally,
  papers,
  letters,
  vaults,
  board,
}

export default app('bureau', parts)
