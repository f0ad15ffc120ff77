// A definite no stays a no: refusals are remembered as answers are, and failures of ours are not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ask, Said } from '../surface/test_server.ts'
import { forgetsRefusals } from './faults.ts'
import { asAnn, asStaff, assertReplay, onEachEngine, type Scene } from './scene.ts'

/** Refused for want of stock; then the stock is filled up, and the twin arrives. */
async function lateTwin({ surface, ask, product, stockOf }: Scene, key: string): Promise<[Said, Said, number]> {
  const id = await product(1)
  const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 5 } }
  const first = await ask(key, buy)
  await surface.ask({ method: 'PATCH', url: `/api/v1/products/${id}`, as: asStaff, body: { stock: 9 } })
  const twin = await ask(key, buy)
  return [first, twin, await stockOf(id)]
}

function remembered(scene: Scene): void {
  const { surface, ask, product, stockOf, sales } = scene

  test('a twin that arrives after restocking is refused as the first was, and nothing is taken', async () => {
    const before = await sales()

    const [first, twin, stock] = await lateTwin(scene, 'restocked')

    assert.equal(first.status, 409)
    assert.equal(first.json['code'], 'out_of_stock')
    assertReplay(twin, first)
    assert.deepEqual([stock, await sales()], [9, before])
  })

  test('a refusal that keeps what it wrote is not counted twice', async () => {
    const id = await product(9)
    const sale = await surface.ask({ url: '/api/v1/sales', body: { product: id, quantity: 1 } })
    const url = `/api/v1/sales/${String(sale.json['id'])}`
    const wrong: Ask = { url: `${url}/guess`, as: asAnn, body: { code: 'wrong' } }

    const said = [await ask('guess', wrong), await ask('guess', wrong), await ask('another-guess', wrong)]

    assert.deepEqual(
      said.map(({ status }) => status),
      [409, 409, 409],
    )
    assert.equal((await surface.ask({ url })).json['tries'], 2)
  })

  test('a twin of a row that was not there stays without it', async () => {
    const id = '01900000-0000-7000-8000-0000000000dd'
    const patch: Ask = { method: 'PATCH', url: `/api/v1/products/${id}`, as: asStaff, body: { stock: 1 } }

    const first = await ask('missing', patch)
    const again = await ask('missing', patch)

    assert.equal(first.status, 404)
    assertReplay(again, first)
  })

  test('a failed precondition stays failed', async () => {
    const id = await product(9)
    const patch = (tag: string): Ask => ({
      method: 'PATCH',
      url: `/api/v1/products/${id}`,
      as: asStaff,
      body: { stock: 1 },
      headers: { 'if-match': tag },
    })

    const first = await ask('matched', patch('"7"'))
    const again = await ask('matched', patch('"1"'))

    assert.equal(first.status, 412)
    assertReplay(again, first)
    assert.equal(await stockOf(id), 9)
  })
}

function notRemembered({ surface, ask, product, stockOf }: Scene): void {
  test('a fault of ours undoes its work and is not remembered: the next try does it', async () => {
    const id = await product(9)
    const sale = await surface.ask({ url: '/api/v1/sales', body: { product: id, quantity: 1 } })
    const url = `/api/v1/sales/${String(sale.json['id'])}`

    const failed = [
      await ask('stumble', { method: 'POST', url: `${url}/stumble`, as: asAnn }),
      await ask('stumble', { method: 'POST', url: `${url}/stumble`, as: asAnn }),
      await ask('broken', { url: `${url}/guess`, as: asAnn, body: { code: 'broken' } }),
    ]
    const tries = (await surface.ask({ url })).json['tries']
    await surface.ask({ url: `${url}/guess`, as: asAnn, body: { code: 'right' } })
    const done = await ask('stumble', { method: 'POST', url: `${url}/stumble`, as: asAnn })

    assert.deepEqual(
      failed.map(({ status }) => status),
      [500, 500, 503],
    )
    assert.equal(tries, 0, 'a 503 that the code returned undoes the work too')
    assert.equal(done.status, 204, done.text)
    assert.equal(await stockOf(id), 7)
  })
}

function decidedBefore({ ask, product, remembered: rows }: Scene): void {
  test('what is decided before the transaction is not remembered: a mended request may have the same key', async () => {
    const id = await product(9)
    const before = (await rows()).length
    const buy = (body: unknown, as: string | undefined): Ask => ({ url: '/api/v1/sales/slow', as, body })

    const said = [
      await ask('mended', buy({ gate: 'none', product: 'nonsense' }, asAnn)),
      await ask('mended', buy('{"gate":', asAnn)),
      await ask('mended', buy({ gate: 'none', product: id }, 'not-a-token')),
      await ask('mended', buy({ gate: 'none', product: id }, undefined)),
      await ask('mended', buy({ gate: 'none', product: id }, asAnn)),
    ]

    assert.deepEqual(
      said.map(({ status }) => status),
      [422, 400, 401, 401, 200],
    )
    assert.equal((await rows()).length, before + 1)
  })

  test('who may not do it at all is refused anew each time', async () => {
    const body = { name: 'not for members' }
    const before = (await rows()).length

    const said = [
      await ask('forbidden', { url: '/api/v1/products', as: asAnn, body }),
      await ask('forbidden', { url: '/api/v1/products', as: asAnn, body }),
    ]

    assert.deepEqual(
      said.map(({ status, headers }) => [status, headers['idempotent-replayed']]),
      [
        [403, undefined],
        [403, undefined],
      ],
    )
    assert.equal((await rows()).length, before)
  })
}

await onEachEngine('refusals with a key', (scene) => {
  remembered(scene)
  notRemembered(scene)
  decidedBefore(scene)
})

await onEachEngine(
  'control: where refusals are forgotten',
  (scene) => {
    test('the late twin acts after a definite no', async () => {
      const [first, twin, stock] = await lateTwin(scene, 'restocked')

      assert.deepEqual([first.status, twin.status, stock], [409, 201, 4])
    })
  },
  forgetsRefusals,
)
