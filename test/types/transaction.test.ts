// The verbs of a transaction: each is as typed as the noun it is given.
import { test } from 'node:test'
import { boolean, choice, decimal, integer, items, json, money, ref, resource, type Row, text, timestamp } from 'plinth'
import { moneyOf } from '../../src/base/pure/money.ts'
import { holds, idOf, neverRun, type Same } from './same.ts'

const makers = resource('makers', { fields: { name: text({ unique: true }) }, allow: {} })
const things = resource('things', {
  fields: {
    maker: ref(makers),
    label: text(),
    status: choice(['new', 'sold'], { readonly: true, default: 'new' }),
    stock: integer({ min: 0 }),
    big: integer({ wide: true, optional: true }),
    rare: integer({ optional: true }),
    price: money('USD'),
    share: decimal({ default: '0.00' }),
    on: boolean({ default: true }),
    soldAt: timestamp({ optional: true }),
    data: json({ optional: true }),
    label2: text({ computed: true }),
    sum: integer({ derived: true }),
    parts: items({ name: text(), count: integer() }),
  },
  allow: {},
})
type Things = typeof things

const thing = {} as Row<Things>
const maker = idOf<'makers'>()

test('a row is read by an id of its noun', () => {
  neverRun(async (tx) => {
    holds<Same<Awaited<ReturnType<typeof read>>, Row<Things>>>()
    const read = () => tx.get(things, thing.id)
    const [one] = await tx.getAll(things, [thing.id])
    holds<Same<typeof one, Row<Things> | undefined>>()
    // @ts-expect-error An id of something else.
    await tx.get(makers, thing.id)
    // @ts-expect-error Neither here.
    await tx.lock(things, maker)
    // @ts-expect-error Nor in a list.
    await tx.getAll(things, [maker])
  })
})

test('find matches by fields of the row, equal or in a range', () => {
  neverRun(async (tx) => {
    await tx.find(things, { status: 'new', stock: { gte: 1, lt: 9 }, soldAt: null, maker: { in: [maker] } })
    await tx.find(things, { price: { lt: moneyOf('USD', '1') } }, { sort: '-createdAt', limit: 5 })
    // @ts-expect-error Not one of the choices.
    await tx.find(things, { status: 'lost' })
    // @ts-expect-error No such field.
    await tx.find(things, { colour: 'red' })
    // @ts-expect-error A text is no number.
    await tx.find(things, { stock: { lt: '9' } })
    // @ts-expect-error No such comparison.
    await tx.find(things, { stock: { like: 9 } })
    // @ts-expect-error No such field to sort by.
    await tx.find(things, {}, { sort: 'colour' })
    // @ts-expect-error A computed field has no column.
    await tx.find(things, { label2: 'a' })
  })
})

test('create and update take what server code may write', () => {
  const made = { maker, label: 'a', stock: 1, price: moneyOf('USD', '1'), parts: [] }
  neverRun(async (tx) => {
    holds<Same<Awaited<ReturnType<typeof create>>, Row<Things>>>()
    const create = () => tx.create(things, { ...made, status: 'sold' })
    await tx.createMany(things, [made, made])
    await tx.update(things, thing.id, { status: 'sold', soldAt: tx.now })
    // @ts-expect-error `stock` is missing.
    await tx.create(things, { maker, label: 'a', price: made.price, parts: [] })
    // @ts-expect-error Nobody writes what is derived.
    await tx.create(things, { ...made, sum: 1 })
    // @ts-expect-error An item has a count.
    await tx.create(things, { ...made, parts: [{ name: 'leg' }] })
    // @ts-expect-error No such field.
    await tx.update(things, thing.id, { colour: 'red' })
    // @ts-expect-error What must be there cannot be taken away.
    await tx.update(things, thing.id, { label: null })
    // @ts-expect-error Another currency.
    await tx.update(things, thing.id, { price: moneyOf('EUR', '1') })
    // @ts-expect-error An id of something else.
    await tx.update(things, maker, { label: 'a' })
  })
})

test('add takes numbers of integer fields that server code writes', () => {
  neverRun(async (tx) => {
    const added = await tx.add(things, thing.id, { stock: -1 })
    holds<Same<typeof added, Row<Things> | undefined>>()
    // @ts-expect-error A text is no number.
    await tx.add(things, thing.id, { label: 1 })
    // @ts-expect-error Nor is money, whose sum may leave its currency.
    await tx.add(things, thing.id, { price: 1 })
    // @ts-expect-error Nor a decimal.
    await tx.add(things, thing.id, { share: 1 })
    // @ts-expect-error Nor what may be null: null and one is null.
    await tx.add(things, thing.id, { rare: 1 })
    // @ts-expect-error A derived field is what `derive` says.
    await tx.add(things, thing.id, { sum: 1 })
    // @ts-expect-error The amount is a number.
    await tx.add(things, thing.id, { stock: '1' })
  })
})

test('upsert names fields of the noun', () => {
  neverRun(async (tx) => {
    await tx.upsert(makers, [{ name: 'a' }], { by: ['name'], keep: true })
    // @ts-expect-error No such field.
    await tx.upsert(makers, [{ name: 'a' }], { by: ['title'] })
    // @ts-expect-error `by` says which rows are the same.
    await tx.upsert(makers, [{ name: 'a' }], {})
    // @ts-expect-error A row lacks its name.
    await tx.upsert(makers, [{}], { by: ['name'] })
  })
})

test('attempt answers what its work answers, and nothing in a transaction reaches the network', () => {
  neverRun(async (tx) => {
    const number: number = await tx.attempt(async () => 1)
    // @ts-expect-error Work that may fail is a promise.
    await tx.attempt(() => 1)
    // @ts-expect-error There is no such verb.
    void tx.fetch
    void number
  })
})
