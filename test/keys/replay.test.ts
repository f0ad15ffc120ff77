// The same request with the same key is done once, and answered alike however often it comes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ask, Said } from '../surface/test_server.ts'
import { ann, asAnn, asBob, asStaff, assertReplay, onEachEngine, type Scene } from './scene.ts'

/** Every way a change can be answered: what is asked, once the product is there. */
const ways: readonly { readonly what: string; readonly ask: (product: string, sale: string) => Ask; status: number }[] =
  [
    { what: 'a create', status: 201, ask: (product) => ({ url: '/api/v1/sales', body: { product, quantity: 2 } }) },
    {
      what: 'a create answered without a body',
      status: 201,
      ask: (product) => ({
        url: '/api/v1/sales',
        body: { product, quantity: 2 },
        headers: { prefer: 'return=minimal' },
      }),
    },
    {
      what: 'an action that is serializable',
      status: 200,
      ask: (product) => ({ url: '/api/v1/sales/read-and-sell', body: { product, quantity: 2 } }),
    },
    {
      what: 'a patch',
      status: 200,
      ask: (product) => ({ method: 'PATCH', url: `/api/v1/products/${product}`, as: asStaff, body: { stock: 3 } }),
    },
    {
      what: 'a replacement',
      status: 200,
      ask: (product) => ({
        method: 'PUT',
        url: `/api/v1/products/${product}`,
        as: asStaff,
        body: { name: `put ${product}`, stock: 3 },
      }),
    },
    {
      what: 'a delete',
      status: 204,
      ask: () => ({ method: 'DELETE', url: `/api/v1/diaries/${ann}`, as: asAnn }),
    },
    {
      what: 'a refusal that keeps what was written',
      status: 409,
      ask: (_, sale) => ({ url: `/api/v1/sales/${sale}/guess`, as: asAnn, body: { code: 'wrong' } }),
    },
    {
      what: 'a row that is not there',
      status: 404,
      ask: () => ({ method: 'DELETE', url: '/api/v1/products/01900000-0000-7000-8000-000000000000', as: asStaff }),
    },
    {
      what: 'a duplicate',
      status: 409,
      ask: (product) => ({ url: '/api/v1/products', as: asStaff, body: { name: `taken ${product}` } }),
    },
  ]

async function stateOf({ surface }: Scene, id: string): Promise<string[]> {
  return [
    (await surface.ask({ url: `/api/v1/products/${id}` })).text,
    (await surface.ask({ url: '/api/v1/sales?sort=createdAt&limit=100' })).text,
  ]
}

function everyWay(scene: Scene): void {
  const { surface, ask, product } = scene
  for (const { what, status, ask: asking } of ways) {
    test(`${what} is answered again byte for byte, and not done again`, async () => {
      const id = await product(9)
      await surface.ask({ url: '/api/v1/products', as: asStaff, body: { name: `taken ${id}` } })
      const sale = await surface.ask({ url: '/api/v1/sales', body: { product: id, quantity: 1 } })
      const request = asking(id, String(sale.json['id']))
      const key = `${what.replaceAll(' ', '-')}-${id}`

      const first = await ask(key, request)
      const state = await stateOf(scene, id)
      const again = [await ask(key, request), await ask(key, request)]

      assert.equal(first.status, status, first.text)
      for (const one of again) assertReplay(one, first)
      assert.deepEqual(await stateOf(scene, id), state)
    })
  }
}

function sameRequest({ surface, ask, product, stockOf }: Scene): void {
  test('without a key, or with another, it is done again', async () => {
    const id = await product(9)
    const request = { url: '/api/v1/sales', body: { product: id, quantity: 2 } }

    const said = [
      await surface.ask(request),
      await surface.ask(request),
      await ask('k1', request),
      await ask('k2', request),
    ]

    assert.deepEqual(
      said.map(({ status }) => status),
      [201, 201, 201, 201],
    )
    assert.equal(new Set(said.map(({ json }) => json['id'])).size, 4)
    assert.equal(await stockOf(id), 1)
  })

  test('members in another order are the same request', async () => {
    const id = await product(9)

    const first = await ask('order', { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 2 } })
    const again = await ask('order', { url: '/api/v1/sales', as: asAnn, body: { quantity: 2, product: id } })

    assertReplay(again, first)
    assert.equal(await stockOf(id), 7)
  })

  test('another body under the same key is a 422, and the first answer stays', async () => {
    const id = await product(9)
    const request = (quantity: number): Ask => ({ url: '/api/v1/sales', as: asAnn, body: { product: id, quantity } })

    const first = await ask('other-body', request(2))
    const other = await ask('other-body', request(3))
    const again = await ask('other-body', request(2))

    assert.equal(other.status, 422)
    assert.equal(other.json['code'], 'invalid')
    assert.equal(other.headers['idempotent-replayed'], undefined)
    assertReplay(again, first)
    assert.equal(await stockOf(id), 7)
  })
}

function otherRequest({ ask, product, stockOf }: Scene): void {
  test('another caller, address or method is another request', async () => {
    const [one, two] = [await product(9), await product(9)]
    const body = { stock: 5, name: `same ${one}` }
    const patch = (id: string): Ask => ({
      method: 'PATCH',
      url: `/api/v1/products/${id}`,
      as: asStaff,
      body: { stock: 5 },
    })
    const buy = (as: string | undefined): Ask => ({ url: '/api/v1/sales', as, body: { product: one, quantity: 1 } })

    const said = [
      await ask('shared', patch(one)),
      await ask('shared', patch(two)),
      await ask('shared', { method: 'PUT', url: `/api/v1/products/${one}`, as: asStaff, body }),
      await ask('shared', buy(asAnn)),
      await ask('shared', buy(asBob)),
      await ask('shared', buy(undefined)),
    ]

    assert.deepEqual(
      said.map(({ status }) => status),
      [200, 200, 200, 201, 201, 201],
    )
    assert.ok(said.every(({ headers }) => headers['idempotent-replayed'] === undefined))
    assert.equal(await stockOf(one), 2)
  })

  test('the keys of callers who are not signed in are bound to what they ask for', async () => {
    const id = await product(9)
    const buy = (quantity: number): Ask => ({ url: '/api/v1/sales', body: { product: id, quantity } })

    const first = await ask('anybody', buy(1))
    const other = await ask('anybody', buy(2))
    const again = await ask('anybody', buy(1))

    assert.deepEqual([first.status, other.status], [201, 201])
    assertReplay(again, first)
    assert.equal(await stockOf(id), 6)
  })
}

function beside({ surface, ask, product, sales }: Scene): void {
  test('the log says which answers were replays', async () => {
    const id = await product(9)
    const request = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }

    await ask('logged', request)
    await ask('logged', request)
    surface.server.log.flush()

    const lines = surface.lines.map((line): Record<string, unknown> => JSON.parse(line))
    assert.deepEqual(
      lines.slice(-2).map(({ replayed }) => replayed),
      [undefined, true],
    )
  })

  test('a key on a read is nothing', async () => {
    const before = await sales()
    const said: Said = await ask('read', { url: '/api/v1/sales?count=exact' })

    assert.equal(said.status, 200)
    assert.equal(said.json['count'], before)
  })
}

await onEachEngine('keys', (scene) => {
  everyWay(scene)
  sameRequest(scene)
  otherRequest(scene)
  beside(scene)
})
