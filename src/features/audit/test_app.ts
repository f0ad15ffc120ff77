// A small app with everything an audit may meet: private and secret fields, items, rules, actions, routes, handlers.
import type { FastifyRequest } from 'fastify'
import {
  action,
  anyone,
  app,
  choice,
  ensure,
  event,
  handle,
  integer,
  items,
  money,
  owner,
  problem,
  ref,
  resource,
  role,
  secret,
  signedIn,
  text,
} from '../../index.ts'

export const staff = role('staff')

export const people = resource('people', {
  fields: { name: text({ max: 80, default: 'New' }) },
  owner: 'id',
  allow: { read: [owner, staff], update: [owner] },
})

export const stock = resource('stock', {
  fields: { name: text({ max: 40 }), left: integer({ min: 0, max: 1_000_000, default: 0 }) },
  allow: { read: [anyone], create: [staff], update: [staff], delete: [staff], history: [staff] },
  unique: [['name']],
})

export const orders = resource('orders', {
  fields: {
    person: ref(people, { readonly: true }),
    lines: items(
      { of: ref(stock), many: integer({ min: 1, max: 99 }), note: text({ max: 200, private: true, default: '' }) },
      { min: 1, max: 5 },
    ),
    status: choice(['open', 'paid'], { readonly: true, default: 'open' }),
    total: money('USD', { optional: true }),
    remark: text({ max: 200, optional: true }),
    rating: integer({ min: 0, max: 9, optional: true }),
    memo: text({ max: 500, private: true, default: 'nothing' }),
    pin: secret({ optional: true }),
  },
  owner: 'person',
  allow: {
    list: [owner, staff],
    read: [owner, staff],
    history: [owner, staff],
    create: [signedIn],
    update: [owner, staff],
    delete: [owner],
    fields: { rating: { read: [staff], write: [staff] } },
  },
})

/** Goes with its order. */
export const reviews = resource('reviews', {
  fields: { of: ref(orders, { onDelete: 'cascade' }), stars: integer({ min: 1, max: 5 }) },
  allow: { read: [signedIn], create: [signedIn] },
})

/** Goes with its review. */
export const replies = resource('replies', {
  fields: { to: ref(reviews, { onDelete: 'cascade' }), words: text({ max: 80 }) },
  allow: { create: [signedIn] },
})

/** Stays, and forgets its order. */
export const flags = resource('flags', {
  fields: { on: ref(orders, { onDelete: 'clear', optional: true }), colour: text({ max: 20 }) },
  allow: { create: [signedIn] },
})

/** Nothing is recorded of these. */
export const visits = resource('visits', {
  fields: { page: text({ max: 80 }) },
  allow: { create: [anyone] },
  audit: false,
})

export const paid = event('orders.paid', { of: orders, fields: { by: text({ max: 40 }) } })

export const pay = action(orders, 'pay', {
  allow: [owner, staff],
  async run({ row, me, tx }) {
    ensure(row.status === 'open', 'conflict', 'It is paid already.')
    for (const { of, many } of row.lines)
      ensure(await tx.add(stock, of, { left: -many }), 'conflict', 'Too little left.')
    await tx.emit(paid, row.id, { by: me.id })
    return tx.update(orders, row.id, { status: 'paid' })
  },
})

/** Keeps what server code alone may write: a private text and a secret one. */
export const keep = action(orders, 'keep', {
  allow: [owner],
  input: { memo: text({ max: 500 }), pin: text({ max: 500 }) },
  output: 'nothing',
  async run({ row, input, tx }) {
    await tx.update(orders, row.id, { memo: input.memo, pin: input.pin })
  },
})

/** Counts a try and answers a failure all the same. */
export const guess = action(orders, 'guess', {
  allow: [owner],
  async run({ row, tx }) {
    await tx.update(orders, row.id, { remark: 'guessed' })
    return problem('conflict', 'Wrong.')
  },
})

export const restock = action(stock, 'restock', {
  on: 'collection',
  allow: [staff],
  input: { names: items({ name: text({ max: 40 }) }, { max: 300 }) },
  output: 'nothing',
  async run({ input, tx }) {
    if (input.names.length > 0)
      await tx.upsert(
        stock,
        input.names.map(({ name }) => ({ name, left: 10 })),
        { by: ['name'] },
      )
  },
})

/** Writes past the verbs. */
export const sweep = action(stock, 'sweep', {
  on: 'collection',
  allow: [staff],
  output: 'nothing',
  async run({ tx }) {
    await tx.sql({ stock }).updateTable('stock').set({ left: 7 }).execute()
    await tx.sql({ stock }).selectFrom('stock').select('id').execute()
    const undone = tx.attempt(async () => {
      await tx.sql({ stock }).updateTable('stock').set({ left: 8 }).execute()
      throw new Error('undone')
    })
    await undone.catch(() => {})
  },
})

/** Changes nothing at all. */
export const ping = action(orders, 'ping', { allow: [owner], output: 'nothing', run: async () => {} })

export const thank = handle(paid, 'thank', async ({ event: { of }, tx }) => {
  await tx.update(orders, of, { remark: 'thanked' })
})

/** A route of the app's own, with a transaction of its own. */
async function refill(request: FastifyRequest): Promise<object> {
  const call = await request.plinth()
  await call.transaction(async (tx) => {
    const [first] = await tx.find(stock, {}, { limit: 1 })
    if (first !== undefined) await tx.update(stock, first.id, { left: 99 })
  })
  return { ok: true }
}

export default app(
  'audited',
  { people, stock, orders, reviews, replies, flags, visits, paid, pay, keep, guess, restock, sweep, ping, thank },
  {
    profile: { of: people, make: () => ({}) },
    routes: {
      '/own': async (scope) => {
        scope.route({ method: 'POST', url: '/refill', handler: refill })
      },
    },
  },
)
