// `/history`: whose it is, what it shows and hides, page by page; and the typed client and the contract of it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { app, owner, resource, text } from '../../index.ts'
import { member, refused, testApp } from '../../testing/index.ts'
import { settle } from '../../testing/settle.ts'
import { postgresForTests } from '../../../test/postgres.ts'
import own, { staff } from './test_app.ts'
import type { Said } from '../../../test/surface/test_server.ts'
import { ann, asAnn, asBob, asStaff, onBothSurfaces, type Scene } from './test_scene.ts'

interface Line {
  readonly id: string
  readonly at: string
  readonly operation: string
  readonly change: string
  readonly caller: string | null
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
}

const linesOf = (said: Said): Line[] => said.json.data as unknown as Line[] // what the contract says, held elsewhere

async function history(scene: Scene, id: string, as: string, query = ''): Promise<Line[]> {
  return linesOf(await scene.expect(200, 'GET', `/api/v1/orders/${id}/history${query}`, as))
}

async function order(scene: Scene): Promise<string> {
  const stock = await scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name: `h${Math.random()}`, left: 5 })
  const body = { lines: [{ of: stock.json['id'], many: 2 }], remark: 'first' }
  return String((await scene.expect(201, 'POST', '/api/v1/orders', asAnn, body)).json['id'])
}

onBothSurfaces('the history of a row', (it) => {
  it('tells who changed it and how, newest first', async (scene) => {
    const id = await order(scene)
    await settle(scene.house) // what has its place in the chain and what waits for it are one history
    await scene.expect(200, 'PATCH', `/api/v1/orders/${id}`, asStaff, { remark: 'second' })
    await scene.expect(200, 'POST', `/api/v1/orders/${id}/pay`, asAnn)

    const lines = await history(scene, id, asAnn)

    assert.deepEqual(
      lines.map(({ operation, change, before, after }) => ({ operation, change, before, after })).slice(0, 2),
      [
        { operation: 'orders.pay', change: 'changed', before: { status: 'open' }, after: { status: 'paid' } },
        { operation: 'orders.update', change: 'changed', before: { remark: 'first' }, after: { remark: 'second' } },
      ],
    )
    assert.deepEqual([lines[2]?.change, lines[2]?.before, lines[2]?.caller], ['created', null, ann])
    assert.equal(lines.length, 3)
  })

  it('shows neither addresses nor sessions, nor what was refused', async (scene) => {
    const id = await order(scene)
    await scene.expect(403, 'DELETE', `/api/v1/orders/${id}`, asStaff)

    const lines = await history(scene, id, asAnn)

    assert.deepEqual(
      lines.map(({ operation }) => operation),
      ['orders.create'],
    )
    assert.deepEqual(Object.keys(lines[0] ?? {}), [
      'id',
      'at',
      'operation',
      'change',
      'caller',
      'requestId',
      'before',
      'after',
    ])
  })

  it('leaves out the fields the caller may not read, and those that nobody may', async (scene) => {
    const id = await order(scene)
    await scene.expect(200, 'PATCH', `/api/v1/orders/${id}`, asStaff, { rating: 3, remark: 'rated' })
    await scene.expect(204, 'POST', `/api/v1/orders/${id}/keep`, asAnn, { memo: 'canary', pin: 'canary' })

    const asOwner = await history(scene, id, asAnn)
    const asWorker = await history(scene, id, asStaff)

    assert.deepEqual(asOwner[1]?.after, { remark: 'rated' })
    assert.deepEqual(asWorker[1]?.after, { rating: 3, remark: 'rated' })
    assert.deepEqual([asOwner[0]?.operation, asOwner[0]?.before, asOwner[0]?.after], ['orders.keep', {}, {}])
    assert.ok(!JSON.stringify(asWorker).includes('canary'))
    assert.ok(!JSON.stringify(asWorker).includes('note'), 'the private field of an item')
  })

  it('hides a field that became private or went since, whatever was recorded of it', async (scene) => {
    const id = await order(scene)
    await settle(scene.house)
    const text = 'update plinth_audit set "after" = $1 where "row" = $2'
    const old = JSON.stringify({ remark: 'kept', gone: 'canary', memo: 'canary', lines: [{ many: 1, note: 'canary' }] })
    const placed = scene.name === 'sqlite' ? text.replaceAll('$', '?') : text
    await scene.house.engine.write({ name: 'old', isolation: 'locked' }, async (tx) => tx.raw(placed, [old, id]))

    const lines = await history(scene, id, asStaff)

    assert.deepEqual(lines[0]?.after, { remark: 'kept', lines: [{ many: 1 }] })
  })

  it('is as the row: 404 for whom it is not there, 401 for nobody, gone with the row', async (scene) => {
    const id = await order(scene)
    const url = `/api/v1/orders/${id}/history`

    await scene.expect(404, 'GET', url, asBob)
    await scene.expect(401, 'GET', url)
    await scene.expect(404, 'GET', '/api/v1/orders/01900000-0000-7000-8000-000000000abc/history', asAnn)
    await scene.expect(204, 'DELETE', `/api/v1/orders/${id}`, asAnn)
    await scene.expect(404, 'GET', url, asAnn)
  })

  it('has a rule of its own: who sees the row is refused without it', async (scene) => {
    const made = await scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name: `r${Math.random()}` })
    const url = `/api/v1/stock/${String(made.json['id'])}`

    await scene.expect(200, 'GET', url, asAnn)
    await scene.expect(403, 'GET', `${url}/history`, asAnn)
    await scene.expect(200, 'GET', `${url}/history`, asStaff)
    await scene.expect(404, 'GET', `/api/v1/people/${ann}/history`, asAnn) // no rule, no address
  })

  it('comes in pages by key, each change once', async (scene) => {
    const id = await order(scene)
    for (let at = 0; at < 6; at++) await scene.expect(200, 'PATCH', `/api/v1/orders/${id}`, asAnn, { remark: `r${at}` })

    const seen: Line[] = []
    let after = ''
    do {
      const page = await scene.expect(200, 'GET', `/api/v1/orders/${id}/history?limit=3${after}`, asAnn)
      seen.push(...linesOf(page))
      const next = page.json['next']
      after = typeof next === 'string' ? `&after=${encodeURIComponent(next)}` : ''
      // A change meanwhile moves nothing.
      if (seen.length === 3) await scene.expect(200, 'PATCH', `/api/v1/orders/${id}`, asAnn, { remark: 'meanwhile' })
    } while (after !== '')

    assert.deepEqual(
      seen.map((line) => line.after?.['remark']),
      ['r5', 'r4', 'r3', 'r2', 'r1', 'r0', 'first'],
    )
    assert.equal(new Set(seen.map((line) => line.id)).size, 7)
  })

  it('refuses what it does not know, and a cursor of another row or list', async (scene) => {
    const [one, two] = [await order(scene), await order(scene)]
    await scene.expect(200, 'PATCH', `/api/v1/orders/${one}`, asAnn, { remark: 'x' })
    const { json } = await scene.expect(200, 'GET', `/api/v1/orders/${one}/history?limit=1`, asAnn)
    const list = await scene.expect(200, 'GET', `/api/v1/orders?limit=1`, asAnn)
    const cursors = [json['next'], list.json['next'], 'v1.bent'].map((cursor) => encodeURIComponent(String(cursor)))

    await scene.expect(400, 'GET', `/api/v1/orders/${two}/history?after=${cursors[0]}`, asAnn)
    await scene.expect(400, 'GET', `/api/v1/orders/${one}/history?after=${cursors[1]}`, asAnn)
    await scene.expect(400, 'GET', `/api/v1/orders/${one}/history?after=${cursors[2]}`, asAnn)
    for (const query of ['limit=0', 'limit=101', 'sort=at', 'fields=id', 'remark=x', 'count=exact', 'limit=1&limit=2'])
      await scene.expect(400, 'GET', `/api/v1/orders/${one}/history?${query}`, asAnn)
    await scene.expect(405, 'POST', `/api/v1/orders/${one}/history`, asAnn)
  })
})

void describe('the history of a row in the kit', () => {
  for (const engine of ['sqlite', 'postgres'] as const) {
    void test(`is typed, and as the contract says, on ${engine}`, async (t) => {
      const found = engine === 'postgres' ? await postgresForTests() : undefined
      if (found !== undefined && 'skip' in found) return t.skip(found.skip)
      await found?.drop()
      await using shop = await testApp(own, { engine })
      const [worker, buyer] = [shop.as(staff), shop.as(member)]
      const tea = await worker.stock.create({ name: 'tea', left: 2 })
      const made = await buyer.orders.create({
        lines: [{ of: tea.id, many: 1 }],
        total: { amount: '3.50', currency: 'USD' },
      })
      await worker.orders.update(made.id, { rating: 5 })

      const { data, next } = await buyer.orders.history(made.id, { limit: 10 })

      assert.equal(next, null)
      assert.equal(data[1]?.after?.total?.amount, '3.50')
      assert.deepEqual([data[0]?.caller, data[0]?.after], [worker.id, {}])
      assert.deepEqual((await worker.orders.history(made.id)).data[0]?.after, { rating: 5 })
      // @ts-expect-error a history has no order of its own
      await refused(worker.orders.history(made.id, { sort: 'at' }), 'malformed')
    })
  }

  void test('cannot be allowed where nothing is recorded', () => {
    const fields = { name: text({ max: 20 }) }
    const notes = resource('notes', { fields, owner: 'id', allow: { history: [owner] }, audit: false })

    return assert.rejects(testApp(app('none', { notes })), /notes\.allow\.history/)
  })
})
