// A batch is one call to its key: all of it is done once, and answered again as a whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ask } from '../surface/test_server.ts'
import { credential } from './app.ts'
import { asAnn, asStaff, assertReplay, onEachEngine, type Scene } from './scene.ts'

const batch = (operations: readonly object[], as: string | undefined = asStaff): Ask => ({
  url: '/api/v1/batch',
  as,
  body: { operations },
})

const buy = (product: string, quantity = 1): object => ({
  method: 'POST',
  path: '/api/v1/sales',
  body: { product, quantity },
})

function once(scene: Scene): void {
  const { ask, product, stockOf, sales } = scene

  test('a batch is done once and answered again byte for byte', async () => {
    const id = await product(9)
    const before = await sales()
    const asked = batch([
      { method: 'POST', path: '/api/v1/products', body: { name: `made beside ${id}`, stock: 3 } },
      { method: 'POST', path: '/api/v1/sales', body: { product: { $ref: '0/id' }, quantity: 2 } },
      buy(id, 4),
    ])

    const first = await ask('batch', asked)
    const again = await ask('batch', asked)

    assert.equal(first.status, 200, first.text)
    assertReplay(again, first)
    assert.deepEqual([await stockOf(id), await sales()], [5, before + 2])
  })

  test('another list of operations under the same key is a 422', async () => {
    const id = await product(9)

    const first = await ask('batch-other', batch([buy(id)]))
    const other = await ask('batch-other', batch([buy(id), buy(id)]))

    assert.deepEqual([first.status, other.status], [200, 422])
    assert.equal(await stockOf(id), 8)
  })

  test('the key of a batch is not that of its operations', async () => {
    const id = await product(9)

    const whole = await ask('shared', batch([buy(id)], asAnn))
    const alone = await ask('shared', { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } })

    assert.deepEqual([whole.status, alone.status], [200, 201])
    assert.equal(await stockOf(id), 7)
  })

  test('a dry run of a batch is not remembered', async () => {
    const id = await product(9)
    const asked = batch([buy(id)])

    const dry = await ask('batch-dry', { ...asked, headers: { prefer: 'dry-run' } })
    const real = await ask('batch-dry', asked)

    assert.deepEqual([dry.status, real.status, real.headers['idempotent-replayed']], [200, 200, undefined])
    assert.equal(await stockOf(id), 8)
  })
}

function refusedWhole({ surface, ask, product, stockOf, sales }: Scene): void {
  test('a batch that was refused stays refused after restocking, and none of it is done', async () => {
    const [id, rich] = [await product(1), await product(9)]
    const before = await sales()
    const asked = batch([buy(rich), buy(id, 5)])

    const first = await ask('batch-refused', asked)
    await surface.ask({ method: 'PATCH', url: `/api/v1/products/${id}`, as: asStaff, body: { stock: 9 } })
    const twin = await ask('batch-refused', asked)

    assert.equal(first.status, 409)
    assertReplay(twin, first)
    assert.deepEqual([await stockOf(id), await stockOf(rich), await sales()], [9, 9, before])
  })
}

function needsAndNever({ surface, ask, product, stockOf, remembered }: Scene): void {
  test('a batch with an operation that needs a key needs one for the whole', async () => {
    const pay = { method: 'POST', path: '/api/v1/payments', body: { amount: 1, payer: 'ann' } }

    const without = await surface.ask(batch([pay], asAnn))
    const dry = await surface.ask({ ...batch([pay], asAnn), headers: { prefer: 'dry-run' } })
    const paid = await ask('batch-pay', batch([pay], asAnn))

    assert.deepEqual([without.status, dry.status, paid.status], [400, 200, 200])
  })

  test('credentials are not in a batch that is remembered', async () => {
    const id = await product(9)
    const issue = { method: 'POST', path: '/api/v1/sales/issue', body: { product: id } }

    const free = await surface.ask(batch([issue]))
    const keyed = await ask('batch-login', batch([issue]))

    assert.deepEqual([free.status, keyed.status], [200, 422])
    assert.equal(await stockOf(id), 8)
    assert.ok((await remembered()).every((row) => !row.join().includes(credential)))
  })
}

await onEachEngine('a batch with a key', (scene) => {
  once(scene)
  refusedWhole(scene)
  needsAndNever(scene)
})
