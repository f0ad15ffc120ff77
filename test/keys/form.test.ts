// What a key may be, where one is needed, and where it changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, anyone, resource, text } from 'plinth'
import type { Ask } from '../surface/test_server.ts'
import { credential } from './app.ts'
import { asAnn, asStaff, assertReplay, onEachEngine, type Scene } from './scene.ts'

function forms({ ask, product, stockOf, remembered }: Scene): void {
  test('a key of 1 to 255 printable characters is taken, any other is a 400 and nothing is done', async () => {
    const id = await product(9)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }
    const before = (await remembered()).length

    const good = ['k', '"quoted"', '!~', 'x'.repeat(255)]
    const bad = ['', 'x'.repeat(256), 'two words', 'one, two', 'ümlaut', 'tab\there', '\u{1f511}']

    for (const key of good) assert.equal((await ask(key, buy)).status, 201, key)
    for (const key of bad) {
      const said = await ask(key, buy)
      assert.deepEqual([said.status, said.json['code']], [400, 'malformed'], key)
    }
    assert.equal(await stockOf(id), 9 - good.length)
    assert.equal((await remembered()).length, before + good.length)
  })

  test('a bad key is refused on a dry run too', async () => {
    const id = await product(9)
    const headers = { prefer: 'dry-run' }

    const said = await ask('two words', {
      url: '/api/v1/sales',
      as: asAnn,
      body: { product: id, quantity: 1 },
      headers,
    })

    assert.equal(said.status, 400)
  })
}

function dryRuns({ surface, ask, product, stockOf, remembered }: Scene): void {
  test('a dry run is neither remembered nor answered from memory', async () => {
    const id = await product(9)
    const real: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 2 } }
    const dry: Ask = { ...real, headers: { prefer: 'dry-run' } }
    const before = (await remembered()).length

    const said = [await ask('dry', dry), await ask('dry', real), await ask('dry', dry), await ask('dry', real)]

    assert.deepEqual(
      said.map(({ status, headers }) => [status, headers['idempotent-replayed'], headers['preference-applied']]),
      [
        [201, undefined, 'dry-run'],
        [201, undefined, undefined],
        [201, undefined, 'dry-run'],
        [201, 'true', undefined],
      ],
    )
    assert.equal(await stockOf(id), 7)
    assert.equal((await remembered()).length, before + 1)
  })

  test('a dry run that is refused is not remembered', async () => {
    const id = await product(1)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 5 } }

    const dry = await ask('dry-refused', { ...buy, headers: { prefer: 'dry-run' } })
    await surface.ask({ method: 'PATCH', url: `/api/v1/products/${id}`, as: asStaff, body: { stock: 5 } })
    const real = await ask('dry-refused', buy)

    assert.deepEqual([dry.status, real.status], [409, 201])
  })
}

function needed({ surface, ask }: Scene): void {
  test('an operation that needs a key is a 400 without one, but for a dry run', async () => {
    const body = { amount: 5, payer: 'ann' }
    const pay: Ask = { url: '/api/v1/payments', as: asAnn, body }

    const without = await surface.ask(pay)
    const dry = await surface.ask({ ...pay, headers: { prefer: 'dry-run' } })
    const paid = await ask('pay', pay)
    const again = await ask('pay', pay)
    const url = `/api/v1/payments/${String(paid.json['id'])}`
    const bare = await Promise.all(
      [
        { method: 'PATCH', url, body: { amount: 6 } },
        { method: 'PUT', url, body },
        { method: 'DELETE', url },
        { method: 'POST', url: `${url}/refund` },
      ].map((one) => surface.ask({ ...one, as: asAnn })),
    )

    assert.deepEqual([without.status, without.json['code'], dry.status, paid.status], [400, 'malformed', 201, 201])
    assert.match(String(without.json['detail']), /Idempotency-Key/)
    assertReplay(again, paid)
    assert.deepEqual(
      bare.map(({ status }) => status),
      [400, 400, 400, 400],
    )
    assert.equal((await surface.ask({ url, as: asAnn })).json['amount'], 5)
  })
}

function credentials({ ask, product, stockOf, remembered }: Scene): void {
  test('an answer that holds credentials is never remembered: the key changes nothing', async () => {
    const id = await product(9)
    const before = await remembered()
    const issue: Ask = { url: '/api/v1/sales/issue', body: { product: id } }

    const said = [await ask('login', issue), await ask('login', issue)]

    for (const { json, headers } of said) {
      assert.equal(json['token'], credential)
      assert.equal(headers['idempotent-replayed'], undefined)
    }
    assert.equal(await stockOf(id), 7)
    assert.deepEqual(await remembered(), before)
  })
}

await onEachEngine('the form of keys', (scene) => {
  forms(scene)
  dryRuns(scene)
  needed(scene)
  credentials(scene)
})

test('an action whose answer is never remembered cannot need a key', () => {
  const things = resource('things', { fields: { name: text({}) }, allow: {} })

  const both = (): unknown =>
    action(things, 'login', {
      allow: [anyone],
      output: 'nothing',
      requireKey: true,
      issuesCredentials: true,
      run: async () => {},
    })

  assert.throws(both, /things\.login.*requireKey/)
})
