// The app that the tests of keys ask twice: a shop with stock, and one operation for each way an answer can come about.
import {
  action,
  anyone,
  app,
  choice,
  ensure,
  integer,
  items,
  owner,
  problem,
  problemKind,
  ref,
  resource,
  role,
  signedIn,
  tenant,
  text,
} from 'plinth'

export const staff = role('staff')
export const outOfStock = problemKind('out_of_stock', 409, 'There is not enough in stock')

export const products = resource('products', {
  fields: { name: text({ min: 1, max: 80, unique: true }), stock: integer({ min: 0, default: 0 }) },
  allow: { list: [anyone], read: [anyone], create: [staff], update: [staff], delete: [staff] },
})

export const sales = resource('sales', {
  fields: {
    product: ref(products),
    quantity: integer({ min: 1, max: 10_000 }),
    buyer: text({ max: 40, optional: true }),
    state: choice(['open', 'paid'], { readonly: true, default: 'open' }),
    tries: integer({ readonly: true, default: 0 }),
  },
  allow: { list: [anyone], read: [anyone] },
  sort: ['createdAt'],
})

const lines = {
  product: ref(products),
  quantity: integer({ min: 1, max: 10_000 }),
  buyer: text({ max: 40, optional: true }),
}

/** Takes the stock and makes the sale; READ COMMITTED is enough. */
export const sell = action(sales, 'create', {
  on: 'collection',
  allow: [anyone],
  input: lines,
  isolation: 'locked',
  problems: [outOfStock],
  async run({ input: { product, quantity, buyer }, tx }) {
    ensure(await tx.add(products, product, { stock: -quantity }), outOfStock, 'There is not enough; nothing was taken.')
    return tx.create(sales, { product, quantity, buyer: buyer ?? null })
  },
})

/** The same, decided by what it reads: serializable. */
export const sellRead = action(sales, 'read-and-sell', {
  on: 'collection',
  allow: [anyone],
  input: lines,
  problems: [outOfStock],
  async run({ input: { product, quantity, buyer }, tx }) {
    const { stock } = await tx.get(products, product)
    ensure(stock >= quantity, outOfStock, 'There is not enough; nothing was taken.')
    await tx.update(products, product, { stock: stock - quantity })
    return tx.create(sales, { product, quantity, buyer: buyer ?? null })
  },
})

/** A refusal that keeps what it wrote. */
export const guess = action(sales, 'guess', {
  allow: [signedIn],
  input: { code: text({ max: 40 }) },
  async run({ row, input, tx }) {
    await tx.update(sales, row.id, { tries: row.tries + 1 })
    if (input.code === 'broken') return problem('unavailable', 'The code cannot be judged now.')
    if (input.code !== 'right') return problem('conflict', 'The code is wrong.')
    return tx.update(sales, row.id, { state: 'paid' })
  },
})

/** Fails by a fault of its own until the row says otherwise. */
export const stumble = action(sales, 'stumble', {
  allow: [signedIn],
  output: 'nothing',
  async run({ row, tx }) {
    await tx.add(products, row.product, { stock: -1 })
    if (row.state === 'open') throw new Error('a fault of ours')
  },
})

/** Waits for somebody else before its transaction. */
export const gates = new Map<string, Promise<void>>()

export const slow = action(sales, 'slow', {
  on: 'collection',
  allow: [signedIn],
  input: { gate: text({ max: 40 }), product: ref(products) },
  output: { done: text({ max: 40 }) },
  async prepare({ input }) {
    await gates.get(input.gate)
  },
  async run({ input, tx }) {
    await tx.add(products, input.product, { stock: -1 })
    return { done: input.gate }
  },
})

export const credential = 'a-token-that-nobody-else-may-see'

export const issue = action(sales, 'issue', {
  on: 'collection',
  allow: [anyone],
  input: { product: ref(products) },
  output: { token: text({ max: 80 }) },
  issuesCredentials: true,
  async run({ input, tx }) {
    await tx.add(products, input.product, { stock: -1 })
    return { token: credential }
  },
})

/** An answer of any size that is no row. */
export const report = action(products, 'report', {
  allow: [signedIn],
  input: { lines: integer({ min: 1, max: 100 }) },
  output: { lines: items({ text: text({ max: 10_000 }) }, { max: 100 }) },
  async run({ row, input, tx }) {
    await tx.add(products, row.id, { stock: -1 })
    return { lines: Array.from({ length: input.lines }, (_, at) => ({ text: `${at}`.padEnd(8_000, '.') })) }
  },
})

/** A row that can be too large to keep. */
export const books = resource('books', {
  fields: {
    title: text({ min: 1, max: 80 }),
    pages: items({ text: text({ max: 10_000 }) }, { max: 100, default: [] }),
  },
  allow: { list: [signedIn], read: [signedIn], create: [signedIn], update: [signedIn], delete: [signedIn] },
})

/** A create that is serializable and waits for no other's row. */
export const jot = action(books, 'jot', {
  on: 'collection',
  allow: [signedIn],
  input: { title: text({ min: 1, max: 80 }) },
  run: ({ input, tx }) => tx.create(books, input),
})

/** Changes need a key. */
export const payments = resource('payments', {
  fields: { amount: integer({ min: 1 }), payer: text({ max: 40 }) },
  allow: { read: [signedIn], create: [signedIn], update: [signedIn], delete: [signedIn] },
  requireKey: true,
})

export const refund = action(payments, 'refund', {
  allow: [signedIn],
  output: 'nothing',
  requireKey: true,
  run: async () => {},
})

export const firms = resource('firms', {
  fields: { name: text({ max: 40 }) },
  allow: { read: [staff], create: [staff] },
})

export const papers = resource('papers', {
  fields: { firm: ref(firms, { readonly: true }), name: text({ max: 40 }) },
  tenant: 'firm',
  allow: { list: [tenant], read: [tenant], create: [signedIn] },
})

export const diaries = resource('diaries', {
  fields: { name: text({ max: 40, default: 'mine' }) },
  owner: 'id',
  allow: { read: [owner], update: [owner], delete: [owner] },
})

export default app(
  'keys',
  {
    products,
    sales,
    sell,
    sellRead,
    guess,
    stumble,
    slow,
    issue,
    report,
    books,
    jot,
    payments,
    refund,
    firms,
    papers,
    diaries,
  },
  { profile: { of: diaries, make: () => ({}) } },
)
