// Factories: rows that are valid by the model, and nothing given twice where it must be unique.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  app,
  boolean,
  choice,
  date,
  decimal,
  derive,
  email,
  integer,
  items,
  json,
  money,
  ref,
  resource,
  slug,
  text,
  timestamp,
  url,
} from 'plinth'
import { testApp } from './index.ts'

const makers = resource('makers', { fields: { mail: email({ unique: true }) }, allow: {} })
const things = resource('things', {
  fields: {
    name: text({ min: 3, max: 4, unique: true }),
    page: url(),
    path: slug({ unique: true }),
    count: integer({ min: 5, max: 6 }),
    rate: decimal({ scale: 3, min: '0.5', max: '0.75' }),
    price: money('JPY', { min: '1' }),
    open: boolean(),
    state: choice(['a', 'b']),
    at: timestamp(),
    day: date(),
    extra: json(),
    maker: ref(makers),
    spare: ref(makers, { optional: true }),
    kept: text({ readonly: true }),
    hidden: text({ private: true }),
    level: integer({ default: 7 }),
    double: integer({ derived: true }),
    parts: items({ maker: ref(makers), size: integer({ min: 1, readonly: true }) }, { min: 2, max: 3 }),
  },
  allow: {},
})
const thingsDerive = derive(things, { double: ({ data }) => data.count * 2 })
const shed = app('shed', { makers, things, thingsDerive })

test('a row is made of valid values of every kind, with the rows it must refer to', async () => {
  await using sheds = await testApp(shed)

  const thing = await sheds.make(things)

  assert.equal(thing.double, thing.count * 2)
  assert.equal(thing.level, 7)
  assert.equal(thing.spare, null)
  assert.equal(thing.parts.length, 2)
  assert.equal(new Set([thing.maker, ...thing.parts.map((part) => part.maker)]).size, 3)
  assert.ok(thing.at instanceof Date)
})

test('a hundred rows differ where they must be unique', async () => {
  await using sheds = await testApp(shed)

  const made = []
  for (let n = 0; n < 100; n += 1) made.push(await sheds.make(things))

  assert.equal(new Set(made.map(({ name }) => name)).size, 100)
})

test('what is given is taken as it is, and what does not fit is refused', async () => {
  await using sheds = await testApp(shed)
  const maker = await sheds.make(makers, { mail: 'a@example.com' })

  const thing = await sheds.make(things, { maker: maker.id, level: 9, state: 'b' })

  assert.equal(thing.maker, maker.id)
  assert.equal(thing.level, 9)
  await assert.rejects(sheds.make(makers, { mail: 'a@example.com' }), { name: 'Problem', code: 'conflict' })
})
