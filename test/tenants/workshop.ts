// An app in which two tenants can meet in every way there is: keys, references, items, words, events, jobs.
import {
  action,
  app,
  event,
  handle,
  integer,
  items,
  job,
  member,
  organizations,
  ref,
  resource,
  signedIn,
  text,
} from 'plinth'

export const boards = resource('boards', {
  tenant: 'organization',
  fields: {
    title: text({ max: 80, unique: true, ignoreCase: true }),
    size: integer({ min: 0, max: 9, default: 0 }),
    before: ref('boards', { optional: true, onDelete: 'clear' }),
  },
  allow: {
    list: [signedIn],
    read: [signedIn],
    create: [signedIn],
    update: [signedIn],
    delete: [signedIn, member('owner')],
    history: [signedIn],
  },
  sort: ['title', 'size'],
  index: ['size'],
  search: ['title'],
})

export const notes = resource('notes', {
  tenant: 'organization',
  fields: { board: ref(boards, { onDelete: 'cascade', inverse: 'notes' }), text: text({ max: 200 }) },
  allow: { list: [signedIn], read: [signedIn], create: [signedIn], delete: [signedIn] },
  sort: ['text'],
})

/** Its items refer to boards too; and here the tenant is shown, because the resource declares it. */
export const plans = resource('plans', {
  tenant: 'of',
  fields: {
    of: ref(organizations, { readonly: true }),
    name: text({ max: 40 }),
    steps: items({ board: ref(boards), what: text({ max: 40 }) }, { max: 5, default: [] }),
  },
  unique: [['name']],
  allow: { list: [signedIn], read: [signedIn], create: [signedIn], update: [signedIn] },
})

export const counted = event('boards.counted', { of: boards, fields: { many: integer({ min: 0 }) } })

/** Counts what code sees. Of those that wait, one is enough, in each tenant. */
export const count = job('boards.count', {
  run: ({ finish }) =>
    finish(async (tx) => {
      const all = await tx.find(boards, {}, { sort: 'title', limit: 1_000 })
      for (const { id } of all.slice(0, 1)) await tx.emit(counted, id, { many: all.length })
    }),
})

export const noted = handle(counted, 'note', async ({ event: { of, data }, tx }) => {
  await tx.create(notes, { board: of, text: `counted ${data.many} of ${(await tx.find(boards, {})).length}` })
})

export const put = action(boards, 'put', {
  on: 'collection',
  allow: [signedIn],
  input: { title: text({ max: 80 }), size: integer({ min: 0, max: 9 }) },
  async run({ input, tx }) {
    const [made] = await tx.upsert(boards, [input], { by: ['title'] })
    await tx.enqueue(count, {}, { unique: 'count', inOrder: 'counts' })
    return tx.get(boards, made!.id)
  },
})

/** What code does with an id that a client gives it. */
export const poke = action(boards, 'poke', {
  on: 'collection',
  allow: [signedIn],
  input: { id: text({ max: 36 }), how: text({ max: 10 }) },
  output: { size: integer({ min: 0 }) },
  async run({ input: { id, how }, tx }) {
    if (how === 'add') return { size: (await tx.add(boards, id, { size: 1 }))?.size ?? 0 }
    if (how === 'lock') return { size: (await tx.lock(boards, id)).size }
    if (how === 'update') return { size: (await tx.update(boards, id, { size: 9 })).size }
    if (how === 'find') return { size: (await tx.find(boards, { id })).length }
    if (how === 'emit') await tx.emit(counted, id, { many: 0 })
    if (how === 'delete') await tx.delete(boards, id)
    return { size: (await tx.getAll(boards, [id]))[0]?.size ?? 0 }
  },
})

export default app('workshop', { boards, notes, plans, counted, count, noted, put, poke })
