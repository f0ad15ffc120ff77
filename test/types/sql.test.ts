// `tx.sql`: exactly the nouns passed, each column as SQL has it.
import { test } from 'node:test'
import {
  boolean,
  choice,
  date,
  decimal,
  type Id,
  integer,
  items,
  json,
  type Json,
  money,
  ref,
  resource,
  secret,
  text,
  timestamp,
} from 'plinth'
import { holds, idOf, neverRun, type Same } from './same.ts'

const makers = resource('makers', { fields: { name: text(), items: items({ word: text() }) }, allow: {} })
const things = resource('things', {
  fields: {
    maker: ref(makers),
    label: text(),
    status: choice(['new', 'sold'], { default: 'new' }),
    stock: integer(),
    big: integer({ wide: true }),
    price: money('USD', { optional: true }),
    share: decimal(),
    on: boolean(),
    soldAt: timestamp({ optional: true }),
    day: date(),
    data: json(),
    hidden: secret(),
    shown: text({ computed: true }),
    parts: items({ piece: ref(makers), count: integer() }),
  },
  allow: {},
})

test('columns have the types they come with', () => {
  neverRun(async (tx) => {
    const [row] = await tx.sql({ things }).selectFrom('things').selectAll().execute()
    type Found = NonNullable<typeof row>
    holds<Same<Found['id'], Id<'things'>>>()
    holds<Same<Found['createdAt'], Date>>()
    holds<Same<Found['version'], number>>()
    holds<Same<Found['maker'], Id<'makers'>>>()
    holds<Same<Found['status'], 'new' | 'sold'>>()
    holds<Same<Found['stock'], number>>()
    holds<Same<Found['big'], bigint>>()
    holds<Same<Found['price'], number | null>>()
    holds<Same<Found['share'], number>>()
    holds<Same<Found['on'], boolean>>()
    holds<Same<Found['soldAt'], Date | null>>()
    holds<Same<Found['day'], string>>()
    holds<Same<Found['data'], Json>>()
    // @ts-expect-error It may be missing.
    holds<Same<Found['soldAt'], Date>>()
    // @ts-expect-error A sealed text is of no use here.
    void row?.hidden
    // @ts-expect-error A computed field has no column.
    void row?.shown
    // @ts-expect-error Items are a table of their own.
    void row?.parts
  })
})

test('only columns that are there are read and compared', () => {
  neverRun(async (tx) => {
    const from = tx.sql({ things }).selectFrom('things')
    from.select(['things.label', 'stock as count']).where('status', '=', 'sold').where('soldAt', '>', tx.now)
    // @ts-expect-error No such column.
    from.select('colour')
    // @ts-expect-error Not one of the choices.
    from.where('status', '=', 'lost')
    // @ts-expect-error Minor units, not text.
    from.where('price', '=', '1.00')
    // @ts-expect-error An id of something else.
    from.where('maker', '=', idOf<'things'>())
    // @ts-expect-error A time is a Date.
    from.where('soldAt', '>', '2026-01-01')
  })
})

test('only the nouns passed are there, under the names they are passed by', () => {
  neverRun(async (tx) => {
    const joined = await tx
      .sql({ t: things, makers })
      .selectFrom('t')
      .innerJoin('makers', 'makers.id', 't.maker')
      .leftJoin('t_parts as part', 'part.parent', 't.id')
      .select(['makers.name', 'part.count', 'part.piece'])
      .execute()
    holds<Same<(typeof joined)[number], { name: string; count: number | null; piece: Id<'makers'> | null }>>()
    // @ts-expect-error It was not passed.
    tx.sql({ things }).selectFrom('makers')
    // @ts-expect-error It was passed under another name.
    tx.sql({ t: things }).selectFrom('things')
    // @ts-expect-error No items of that name.
    tx.sql({ t: things }).selectFrom('t_items')
    // @ts-expect-error A noun is passed, not its name.
    tx.sql({ things: 'things' })
  })
})

test('an insert gives what nothing fills in', () => {
  neverRun(async (tx) => {
    const db = tx.sql({ makers })
    await db.insertInto('makers').values({ name: 'a' }).execute()
    // @ts-expect-error Nothing fills in the name.
    await db.insertInto('makers').values({}).execute()
    // @ts-expect-error No such column.
    await db.insertInto('makers').values({ name: 'a', colour: 'red' }).execute()
    // @ts-expect-error A name is a text.
    await db.updateTable('makers').set({ name: 1 }).execute()
  })
})
