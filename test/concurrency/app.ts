// The app that many clients use at once: registers, lists that are appended to, and a shelf that must not be oversold.
import {
  action,
  anyone,
  app,
  choice,
  ensure,
  integer,
  items,
  problemKind,
  ref,
  resource,
  type RowOf,
  text,
  type Tx,
} from 'plinth'

const soldOut = problemKind('sold_out', 409, 'There is not enough in stock')

/** One number each, read and written by the generated operations alone. */
export const registers = resource('registers', {
  fields: { value: integer({ min: 0, default: 0 }) },
  allow: { list: [anyone], read: [anyone], create: [anyone], update: [anyone] },
})

/** Numbers in the order they were appended, as text: an append reads the row and writes it. */
export const lists = resource('lists', {
  fields: { elements: text({ max: 10_000, default: '' }) },
  allow: { list: [anyone], read: [anyone], create: [anyone] },
})

const appendOrRead = { kind: choice(['append', 'read']), list: ref(lists), element: integer({ min: 0, default: 0 }) }
const seen = { list: ref(lists), elements: text({ max: 10_000, default: '' }) }
const transaction = {
  on: 'collection',
  allow: [anyone],
  input: { steps: items(appendOrRead, { min: 1, max: 8 }) },
  output: { reads: items(seen, { max: 8 }) },
} as const

type Steps = RowOf<(typeof transaction)['input']>['steps']
type Seen = RowOf<(typeof transaction)['output']>

async function steps(tx: Tx, { steps: wanted }: { readonly steps: Steps }): Promise<Seen> {
  const reads = []
  for (const { kind, list, element } of wanted) {
    const { elements } = await tx.get(lists, list)
    if (kind === 'read') reads.push({ list, elements })
    else await tx.update(lists, list, { elements: elements === '' ? `${element}` : `${elements} ${element}` })
  }
  return { reads }
}

/** Decides by what it reads, so it is serializable. */
export const transact = action(lists, 'transact', { ...transaction, run: ({ tx, input }) => steps(tx, input) })

async function lockedSteps(tx: Tx, input: { readonly steps: Steps }): Promise<Seen> {
  for (const list of [...new Set(input.steps.map((step) => step.list))].toSorted()) await tx.lock(lists, list)
  return steps(tx, input)
}

/** READ COMMITTED, with every row locked first, in one order for all. */
export const transactLocked = action(lists, 'transact-locked', {
  ...transaction,
  isolation: 'locked',
  run: ({ tx, input }) => lockedSteps(tx, input),
})

/** Serializable, and it locks too, because others who are not serializable write the same rows. */
export const transactFirm = action(lists, 'transact-firm', {
  ...transaction,
  run: ({ tx, input }) => lockedSteps(tx, input),
})

/** The control: it says `locked` and locks nothing. */
export const transactCareless = action(lists, 'transact-careless', {
  ...transaction,
  isolation: 'locked',
  run: ({ tx, input }) => steps(tx, input),
})

export const goods = resource('goods', {
  fields: { stock: integer({ min: 0 }) },
  allow: { read: [anyone], create: [anyone] },
})

export const sales = resource('sales', {
  fields: { good: ref(goods), buyer: integer() },
  allow: { list: [anyone], read: [anyone] },
})

const sale = {
  on: 'collection',
  allow: [anyone],
  input: { good: ref(goods), buyer: integer() },
  problems: [soldOut],
} as const

type Sale = RowOf<(typeof sale)['input']>

/** One conditional update. */
export const sell = action(sales, 'sell', {
  ...sale,
  isolation: 'locked',
  async run({ tx, input }) {
    ensure(await tx.add(goods, input.good, { stock: -1 }), soldOut, 'Nothing is left; nothing was taken.')
    return tx.create(sales, input)
  },
})

async function readAndSell(tx: Tx, input: Sale) {
  const { stock } = await tx.get(goods, input.good)
  ensure(stock > 0, soldOut, 'Nothing is left; nothing was taken.')
  await tx.update(goods, input.good, { stock: stock - 1 })
  return tx.create(sales, input)
}

/** Decided by what it reads, so it is serializable. */
export const sellRead = action(sales, 'sell-read', { ...sale, run: ({ tx, input }) => readAndSell(tx, input) })

/** The control: it says `locked` and locks nothing. */
export const sellCareless = action(sales, 'sell-careless', {
  ...sale,
  isolation: 'locked',
  run: ({ tx, input }) => readAndSell(tx, input),
})

export default app('concurrency', {
  registers,
  lists,
  transact,
  transactLocked,
  transactFirm,
  transactCareless,
  goods,
  sales,
  sell,
  sellRead,
  sellCareless,
})
