// What is recorded of each unsafe call, through the public door, on both engines.
import assert from 'node:assert/strict'
import { settle } from '../../testing/settle.ts'
import { ann, asAnn, asBob, asStaff, bob, boss, type Entry, onBothSurfaces, type Scene } from './test_scene.ts'

/** The entries that came since; what each holds beside the members asked for does not matter. */
async function since<T>(scene: Scene, work: () => Promise<T>): Promise<{ made: Entry[]; said: T }> {
  const count = (await scene.entries()).length
  const said = await work()
  return { made: (await scene.entries()).slice(count), said }
}

const pick = (entry: Entry | undefined, ...names: string[]): unknown[] => names.map((name) => entry?.[name])

async function order(scene: Scene, as = asAnn, more: object = {}): Promise<string> {
  const { json } = await scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name: `n${Math.random()}`, left: 5 })
  const lines = [{ of: json['id'], many: 2 }]
  const made = await scene.expect(201, 'POST', '/api/v1/orders', as, { lines, ...more })
  return String(made.json['id'])
}

onBothSurfaces('the audit', (it) => {
  it('holds who made a row, from where, in which request, and what it became', async (scene) => {
    const { made, said } = await since(scene, () =>
      scene.ask({
        method: 'POST',
        url: '/api/v1/stock',
        as: asStaff,
        headers: { 'x-request-id': 'req-7' },
        body: { name: 'tea', left: 3 },
      }),
    )

    assert.equal(made.length, 1)
    assert.deepEqual(pick(made[0], 'operation', 'outcome', 'caller', 'request'), [
      'stock.create',
      'done',
      boss,
      'req-7',
    ])
    assert.deepEqual(pick(made[0], 'target', 'noun', 'row', 'change'), [null, 'stock', said.json['id'], 'created'])
    assert.deepEqual(pick(made[0], 'before', 'after'), [null, { name: 'tea', left: 3 }])
    assert.equal(typeof made[0]?.['address'], 'string')
  })

  it('holds of a change only what differs', async (scene) => {
    const id = await order(scene, asAnn, { remark: 'soon', total: { amount: '1.50', currency: 'USD' } })

    const patch = { remark: null, total: { amount: '2.00', currency: 'USD' } }
    const { made } = await since(scene, () => scene.expect(200, 'PATCH', `/api/v1/orders/${id}`, asAnn, patch))

    assert.deepEqual(pick(made[0], 'operation', 'target', 'change'), ['orders.update', id, 'changed'])
    assert.deepEqual(made[0]?.['before'], { remark: 'soon', total: { amount: '1.50', currency: 'USD' } })
    assert.deepEqual(made[0]?.['after'], { remark: null, total: { amount: '2.00', currency: 'USD' } })
  })

  it('holds of a deleted row what it was', async (scene) => {
    const id = await order(scene)

    const { made } = await since(scene, () => scene.expect(204, 'DELETE', `/api/v1/orders/${id}`, asAnn))

    const before = made[0]?.['before'] as { lines: object[]; status: string } // what the entry of an order holds
    assert.deepEqual(pick(made[0], 'operation', 'change', 'after'), ['orders.delete', 'deleted', null])
    assert.equal(before.status, 'open')
    assert.equal(before.lines.length, 1)
  })

  it('holds what a deleted row took along, and what forgot it', async (scene) => {
    const id = await order(scene)
    const review = await scene.expect(201, 'POST', '/api/v1/reviews', asStaff, { of: id, stars: 4 })
    await scene.expect(201, 'POST', '/api/v1/replies', asStaff, { to: review.json['id'], words: 'Thanks' })
    const flag = await scene.expect(201, 'POST', '/api/v1/flags', asStaff, { on: id, colour: 'red' })

    const { made } = await since(scene, () => scene.expect(204, 'DELETE', `/api/v1/orders/${id}`, asAnn))

    assert.deepEqual(
      made.slice(1).map((entry) => pick(entry, 'operation', 'target', 'noun', 'change', 'before', 'after')),
      [
        ['orders.delete', id, 'reviews', 'deleted', { of: id, stars: 4 }, null],
        ['orders.delete', id, 'replies', 'deleted', { to: review.json['id'], words: 'Thanks' }, null],
        ['orders.delete', id, 'flags', 'changed', { on: id }, { on: null }],
      ],
    )
    assert.equal(made[3]?.['row'], flag.json['id'])
  })

  it('has an entry for each row that an action changed, whoever they belong to', async (scene) => {
    const id = await order(scene)

    const { made } = await since(scene, () => scene.expect(200, 'POST', `/api/v1/orders/${id}/pay`, asAnn))

    assert.deepEqual(
      made.map((entry) => pick(entry, 'operation', 'target', 'noun', 'before', 'after')),
      [
        ['orders.pay', id, 'stock', { left: 5 }, { left: 3 }],
        ['orders.pay', id, 'orders', { status: 'open' }, { status: 'paid' }],
      ],
    )
  })

  it('names private and secret fields that changed, and holds no value of them', async (scene) => {
    const id = await order(scene)

    const body = { memo: 'canary-memo', pin: 'canary-pin' }
    const { made } = await since(scene, () => scene.expect(204, 'POST', `/api/v1/orders/${id}/keep`, asAnn, body))

    assert.deepEqual(pick(made[0], 'withheld', 'before', 'after'), ['memo pin', {}, {}])
    assert.ok(!JSON.stringify(await scene.entries()).includes('canary'))
  })

  it('says of written SQL how many rows it wrote in which table', async (scene) => {
    await order(scene)

    const { made } = await since(scene, () => scene.expect(204, 'POST', '/api/v1/stock/sweep', asStaff))

    assert.equal(made.length, 1)
    assert.deepEqual(pick(made[0], 'operation', 'noun', 'row', 'change'), ['stock.sweep', 'stock', null, 'changed'])
    assert.match(JSON.stringify(made[0]?.['after']), /^\{"rows":[1-9]/)
  })

  it('records a call that changed nothing', async (scene) => {
    const id = await order(scene)

    const { made } = await since(scene, () => scene.expect(204, 'POST', `/api/v1/orders/${id}/ping`, asAnn))

    assert.deepEqual(pick(made[0], 'operation', 'target', 'outcome', 'noun', 'row'), [
      'orders.ping',
      id,
      'done',
      null,
      null,
    ])
  })

  it('records a failure that keeps its work with what it changed', async (scene) => {
    const id = await order(scene)

    const { made } = await since(scene, () => scene.expect(409, 'POST', `/api/v1/orders/${id}/guess`, asAnn))

    assert.deepEqual(
      made.map((entry) => pick(entry, 'outcome', 'after')),
      [['conflict', { remark: 'guessed' }]],
    )
  })

  it('records what was undone as refused, without a change', async (scene) => {
    const id = await order(scene)
    await scene.expect(200, 'POST', `/api/v1/orders/${id}/pay`, asAnn)

    const { made } = await since(scene, () => scene.expect(409, 'POST', `/api/v1/orders/${id}/pay`, asAnn))

    assert.deepEqual(
      made.map((entry) => pick(entry, 'operation', 'target', 'outcome', 'caller', 'noun', 'after')),
      [['orders.pay', id, 'conflict', ann, null, null]],
    )
  })

  it('records who was refused before anything began, and who reached for the row of another', async (scene) => {
    const id = await order(scene)
    await scene.expect(404, 'GET', `/api/v1/orders/${id}`, asBob) // his first visit, which makes him a person

    const { made } = await since(scene, async () => {
      await scene.expect(401, 'POST', '/api/v1/stock', undefined, { name: 'x' })
      await scene.expect(403, 'POST', '/api/v1/stock', asAnn, { name: 'x' })
      await scene.expect(404, 'PATCH', `/api/v1/orders/${id}`, asBob, { remark: 'mine' })
      await scene.expect(403, 'DELETE', `/api/v1/orders/${id}`, asStaff)
    })

    assert.deepEqual(
      made.map((entry) => pick(entry, 'operation', 'target', 'outcome', 'caller')),
      [
        ['stock.create', null, 'unauthenticated', null],
        ['stock.create', null, 'forbidden', ann],
        ['orders.update', id, 'not_found', bob],
        ['orders.delete', id, 'forbidden', boss],
      ],
    )
  })

  it('records nothing of reads, of dry runs, of what was misspelt, nor where a resource opts out', async (scene) => {
    const id = await order(scene)

    const { made } = await since(scene, async () => {
      await scene.expect(200, 'GET', `/api/v1/orders/${id}`, asAnn)
      await scene.expect(422, 'POST', '/api/v1/stock', asStaff, { nome: 'x' })
      const headers = { prefer: 'dry-run' }
      const dry = await scene.ask({ method: 'POST', url: `/api/v1/orders/${id}/pay`, as: asAnn, headers })
      assert.equal(dry.status, 200)
      await scene.expect(201, 'POST', '/api/v1/visits', undefined, { page: '/' })
    })

    assert.deepEqual(made, [])
  })

  it('records each operation of a batch, and the refusal of a whole one', async (scene) => {
    const one = (name: string): object => ({ method: 'POST', path: '/api/v1/stock', body: { name, left: 1 } })
    const good = { operations: [one('b1'), one('b2')] }
    const bad = { operations: [one('b3'), one('b1')] }

    const { made } = await since(scene, async () => {
      await scene.expect(200, 'POST', '/api/v1/batch', asStaff, good)
      await scene.expect(409, 'POST', '/api/v1/batch', asStaff, bad)
      await scene.expect(403, 'POST', '/api/v1/batch', asAnn, good)
    })

    assert.deepEqual(
      made.map((entry) => pick(entry, 'operation', 'outcome', 'caller', 'change')),
      [
        ['stock.create', 'done', boss, 'created'],
        ['stock.create', 'done', boss, 'created'],
        ['stock.create', 'conflict', boss, null],
        ['stock.create', 'forbidden', ann, null],
      ],
    )
  })

  it('records what custom routes change, and what is made for a first visit', async (scene) => {
    const { made } = await since(scene, () => scene.expect(200, 'POST', '/own/refill', asStaff))

    assert.deepEqual(pick(made[0], 'operation', 'caller', 'noun', 'change'), [
      'POST /own/refill',
      boss,
      'stock',
      'changed',
    ])
    const first = (await scene.entries()).find(({ operation }) => operation === 'people.profile')
    assert.deepEqual(pick(first, 'noun', 'row', 'change'), ['people', ann, 'created'])
  })

  it('records what a handler does, as done by the app itself', async (scene) => {
    const id = await order(scene)
    await scene.expect(200, 'POST', `/api/v1/orders/${id}/pay`, asAnn)

    const { made } = await since(scene, () => settle(scene.house))

    const thanked = made.find(({ row }) => row === id)
    assert.deepEqual(pick(thanked, 'caller', 'change', 'after'), [null, 'changed', { remark: 'thanked' }])
    assert.match(String(thanked?.['operation']), /thank/)
  })

  it('records many rows of one call, those that were there and those that were not', async (scene) => {
    const names = Array.from({ length: 250 }, (_, at) => ({ name: `many ${at}` }))
    await scene.expect(204, 'POST', '/api/v1/stock/restock', asStaff, { names: names.slice(0, 10) })

    const { made } = await since(scene, () => scene.expect(204, 'POST', '/api/v1/stock/restock', asStaff, { names }))

    assert.equal(made.length, 250)
    assert.equal(made.filter(({ change }) => change === 'changed').length, 10)
    assert.equal(made.filter(({ change }) => change === 'created').length, 240)
  })

  it('holds of a row that an upsert changed what it was', async (scene) => {
    const { json } = await scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name: 'upserted', left: 3 })
    const names = [{ name: 'upserted' }, { name: 'not there' }]

    const { made } = await since(scene, () => scene.expect(204, 'POST', '/api/v1/stock/restock', asStaff, { names }))

    assert.deepEqual(
      made.map((entry) => pick(entry, 'change', 'before', 'after')),
      [
        ['changed', { left: 3 }, { left: 10 }],
        ['created', null, { name: 'not there', left: 10 }],
      ],
    )
    assert.equal(made[0]?.['row'], json['id'])
  })
})
