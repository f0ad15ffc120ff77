// `tx.sql` on both engines: names, values in and out, what every row keeps, and what it refuses.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { moneyOf } from '../base/pure/money.ts'
import { Problem } from '../base/pure/problem.ts'
import { app } from '../define/app.ts'
import {
  boolean,
  choice,
  date,
  decimal,
  integer,
  items,
  json,
  money,
  ref,
  text,
  timestamp,
} from '../define/fields/index.ts'
import { join } from '../define/model.ts'
import { resource } from '../define/resource.ts'
import type { Tx } from '../define/tx.ts'
import { StoreError } from '../store/contract.ts'
import { onBothEngines } from '../store/suite/test_model.ts'
import { inTransaction, testNow } from './test_house.ts'

const makers = resource('makers', { fields: { name: text({ max: 40 }) }, allow: {} })
const things = resource('things', {
  fields: {
    maker: ref(makers),
    label: text({ max: 40 }),
    unitPrice: money('USD'),
    share: decimal({ scale: 3, default: '0.000' }),
    inStock: boolean({ default: true }),
    soldAt: timestamp({ optional: true }),
    madeOn: date({ optional: true }),
    serial: integer({ wide: true, optional: true }),
    kind: choice(['plain', 'rare'], { default: 'plain' }),
    data: json({ optional: true }),
    count: integer({ min: 0, default: 0 }),
    parts: items({ name: text({ max: 20 }), howMany: integer({ min: 1, max: 9 }) }),
  },
  allow: {},
  search: ['label'],
})
const codes = resource('codes', {
  fields: { code: text({ max: 9, unique: true }), note: text({ max: 9, optional: true }) },
  allow: {},
})
const model = join(app('things', { makers, things, codes }))

const wide = 9_007_199_254_740_993n
const soldAt = new Date('2026-02-03T04:05:06.780Z')

async function fill(tx: Tx): Promise<void> {
  const maker = await tx.create(makers, { name: 'Ada' })
  const parts = [
    { name: 'leg', howMany: 4 },
    { name: 'top', howMany: 1 },
  ]
  await tx.createMany(things, [
    {
      maker: maker.id,
      label: 'table',
      unitPrice: moneyOf('USD', '12.50'),
      share: '0.125',
      soldAt,
      madeOn: '2026-01-31',
      serial: wide,
      kind: 'rare',
      data: { a: [1, null] },
      count: 7,
      parts,
    },
    { maker: maker.id, label: 'chair', unitPrice: moneyOf('USD', '3.05'), inStock: false, parts: [] },
  ])
}

onBothEngines('tx.sql', model, (it) => {
  it('times come as Date, truth as boolean, money as minor units, 64 bits as bigint', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)

      const rows = await tx.sql({ things }).selectFrom('things').selectAll().orderBy('label').execute()

      assert.deepEqual(
        rows.map(({ id: _id, maker: _maker, ...rest }) => rest),
        [
          {
            label: 'chair',
            unitPrice: 305,
            share: 0,
            inStock: false,
            soldAt: null,
            madeOn: null,
            serial: null,
            kind: 'plain',
            data: null,
            count: 0,
            createdAt: testNow,
            updatedAt: testNow,
            version: 1,
          },
          {
            label: 'table',
            unitPrice: 1250,
            share: 125,
            inStock: true,
            soldAt,
            madeOn: '2026-01-31',
            serial: wide,
            kind: 'rare',
            data: { a: [1, null] },
            count: 7,
            createdAt: testNow,
            updatedAt: testNow,
            version: 1,
          },
        ],
      )
    }))

  it('joins, items, subqueries and aggregates read the model under the names passed', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)
      const db = tx.sql({ t: things, makers, other: things })

      const joined = await db
        .selectFrom('t')
        .innerJoin('makers as m', 'm.id', 't.maker')
        .innerJoin('t_parts as p', 'p.parent', 't.id')
        .innerJoin('other', 'other.id', 't.id')
        .select(({ fn }) => [
          'm.name',
          'other.inStock as isThere',
          fn.sum('p.howMany').as('partCount'),
          fn.max('t.soldAt').as('lastSold'),
        ])
        .groupBy(['m.name', 'other.inStock'])
        .execute()
      const inside = await db
        .with('sold', (qb) =>
          qb.selectFrom('t').where('soldAt', 'is not', null).select(['t.soldAt', 't.serial', 'unitPrice']),
        )
        .selectFrom('sold')
        .selectAll()
        .execute()
      const nested = await db
        .selectFrom(db.selectFrom('t').select(['inStock', 'label']).as('x'))
        .selectAll()
        .where('x.inStock', '=', true)
        .execute()

      assert.deepEqual(joined, [{ name: 'Ada', isThere: true, partCount: 5, lastSold: soldAt }])
      assert.deepEqual(inside, [{ soldAt, serial: wide, unitPrice: 1250 }])
      assert.deepEqual(nested, [{ inStock: true, label: 'table' }])
    }))

  it('values go in as code has them', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)
      const db = tx.sql({ things })
      const labels = async (query: { execute(): Promise<{ label: string }[]> }): Promise<string[]> =>
        (await query.execute()).map(({ label }) => label).toSorted()
      const from = db.selectFrom('things').select('label')

      assert.deepEqual(await labels(from.where('soldAt', '>', new Date(soldAt.getTime() - 1))), ['table'])
      assert.deepEqual(await labels(from.where('soldAt', '<', soldAt)), [])
      assert.deepEqual(await labels(from.where('inStock', '=', false)), ['chair'])
      assert.deepEqual(await labels(from.where('serial', '=', wide)), ['table'])
      assert.deepEqual(await labels(from.where('serial', '=', wide - 1n)), [])
      assert.deepEqual(await labels(from.where('unitPrice', 'in', [305, 1250])), ['chair', 'table'])
      assert.deepEqual(await labels(from.where('madeOn', '=', '2026-01-31')), ['table'])
      assert.deepEqual(await labels(from.where(sql<number>`unit_price / ${2}`, '=', 152)), ['chair'])
      assert.deepEqual(await labels(from.where(({ eb }) => eb(eb.fn.coalesce('count', sql<number>`0`), '>', 6.5))), [
        'table',
      ])
      assert.deepEqual(await labels(from.orderBy('label').limit(1).offset(1)), ['table'])
    }))

  it('an expression answers the same on both engines', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)

      const row = await tx
        .sql({ things })
        .selectFrom('things')
        .select((eb) => [
          eb.fn.countAll().as('count'),
          eb.fn.avg('unitPrice').as('average'),
          eb.fn.sum('serial').as('serials'),
          eb.fn.min('createdAt').as('first'),
          eb(eb.fn.max('unitPrice'), '>', 1000).as('isDear'),
          eb.exists(eb.selectFrom('things').select('id').where('count', '>', 100)).as('isMany'),
          eb.case().when(eb.fn.max('count'), '>', 1).then(eb.fn.max('soldAt')).else(null).end().as('last'),
        ])
        .executeTakeFirstOrThrow()

      assert.deepEqual(row, {
        count: 2,
        average: 777.5,
        serials: wide,
        first: testNow,
        isDear: true,
        isMany: false,
        last: soldAt,
      })
    }))

  it('an insert fills in id and times, an update counts the version up', (scene) =>
    inTransaction(scene, async (tx) => {
      const db = tx.sql({ makers, codes, c: codes })
      const made = await db
        .insertInto('makers')
        .values([{ name: 'a' }, { name: 'b' }])
        .returningAll()
        .execute()
      const [first] = made

      const changed = await db
        .updateTable('makers')
        .set({ name: 'z' })
        .where('id', '=', first!.id)
        .returning(['makers.name', 'version'])
        .execute()
      const counted = await db.updateTable('makers').set({ name: 'y' }).executeTakeFirstOrThrow()
      const upsert = db
        .insertInto('c')
        .values({ code: 'one', note: 'x' })
        .onConflict((on) => on.column('code').doUpdateSet({ note: 'again' }))
      await upsert.execute()
      const twice = await upsert.returning(['note', 'version']).execute()
      const gone = await db.deleteFrom('makers').where('name', '=', 'y').executeTakeFirstOrThrow()

      assert.deepEqual(
        made.map(({ name, version, createdAt }) => ({ name, version, createdAt })),
        [
          { name: 'a', version: 1, createdAt: testNow },
          { name: 'b', version: 1, createdAt: testNow },
        ],
      )
      assert.deepEqual(changed, [{ name: 'z', version: 2 }])
      assert.equal(counted.numUpdatedRows, 2n)
      assert.deepEqual(twice, [{ note: 'again', version: 2 }])
      assert.equal(gone.numDeletedRows, 2n)
      assert.equal((await tx.get(codes, (await tx.find(codes, {}))[0]!.id)).note, 'again')
    }))

  it('a constraint that refuses is a problem, and spoils the transaction as every verb does', async (scene) => {
    const twice = inTransaction(scene, async (tx) => {
      const db = tx.sql({ codes })
      await db.insertInto('codes').values({ code: 'a' }).execute()
      const refused = db.insertInto('codes').values({ code: 'a' }).execute()
      await assert.rejects(refused, (error) => error instanceof Problem && error.code === 'conflict')
      await db.selectFrom('codes').selectAll().execute()
    })

    await assert.rejects(twice, (error) => error instanceof StoreError && error.failure === 'spoiled')
    const kept = await inTransaction(scene, (tx) => tx.sql({ codes }).selectFrom('codes').selectAll().execute())
    assert.deepEqual(kept, [])
  })

  it('attempt undoes what was tried, and the transaction goes on', (scene) =>
    inTransaction(scene, async (tx) => {
      const db = tx.sql({ codes })
      await db.insertInto('codes').values({ code: 'a' }).execute()

      await assert.rejects(tx.attempt(() => db.insertInto('codes').values({ code: 'a' }).execute()))

      assert.deepEqual(await db.selectFrom('codes').select('code').execute(), [{ code: 'a' }])
    }))

  it('it is of no use once its transaction has ended', async (scene) => {
    const kept = await inTransaction(scene, async (tx) => tx.sql({ codes }))

    await assert.rejects(kept.selectFrom('codes').selectAll().execute(), /spoiled|ended|end/)
    await assert.rejects(kept.insertInto('codes').values({ code: 'late' }).execute())
    const rows = await inTransaction(scene, (tx) => tx.sql({ codes }).selectFrom('codes').selectAll().execute())
    assert.deepEqual(rows, [])
  })

  it('it begins, ends and changes nothing but rows', (scene) =>
    inTransaction(scene, async (tx) => {
      const db = tx.sql({ codes, things })

      await assert.rejects(
        db.transaction().execute(async () => 1),
        TypeError,
      )
      await assert.rejects(db.schema.dropTable('codes').execute(), TypeError)
      for (const text of ['commit', ' rollback', '/* x */ commit', 'pragma foreign_keys = off', '-- \ncommit']) {
        await assert.rejects(sql.raw(text).execute(db), TypeError, text)
      }
      await assert.rejects(
        db
          .selectFrom('makers' as 'codes')
          .selectAll()
          .execute(),
        /"makers" is not among the nouns passed/,
      )
      await assert.rejects(db.updateTable('things').set({ label: 'x' }).execute(), /write "label" by tx\.update/)
      await assert.rejects(
        db
          .selectFrom('codes')
          .select('id')
          .where('code', '=', Number.NaN as unknown as string)
          .execute(),
        TypeError,
      )
      assert.deepEqual(await db.selectFrom('codes').select('id').execute(), [])
    }))

  it('raw SQL knows the tables by the names passed, and hostile text stays a value', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)
      const db = tx.sql({ t: things })
      const hostile = `'; drop table things; --`

      const found = await sql<{ label: string }>`select label from ${sql.table('t')} where count > ${1}`.execute(db)
      const none = await db.selectFrom('t').select('id').where('label', '=', hostile).execute()

      assert.deepEqual(found.rows, [{ label: 'table' }])
      assert.deepEqual(none, [])
    }))

  it('negative control: what the nouns do not tell stays as the engine gives it, and is no Date', (scene) =>
    inTransaction(scene, async (tx) => {
      await fill(tx)
      const db = tx.sql({ things })

      const raw = await sql<{ created_at: unknown }>`select created_at from ${sql.table('things')}`.execute(db)
      const read = await db.selectFrom('things').select('createdAt').execute()

      assert.deepEqual(raw.rows[0], { created_at: testNow.toISOString() })
      assert.deepEqual(read[0], { createdAt: testNow })
    }))
})
