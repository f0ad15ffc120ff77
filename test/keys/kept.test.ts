// What is kept of an answer, for how long, and what a thief of the table learns from it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createHash } from 'node:crypto'
import { keyLimits } from '../../src/base/limits.ts'
import { createKeyring, type Keyring } from '../../src/base/seal.ts'
import { idempotency } from '../../src/features/idempotency/index.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { type Ask, secret, serveOn } from '../surface/test_server.ts'
import keys from './app.ts'
import { ann, asAnn, assertReplay, onEachEngine, type Scene, sceneOf } from './scene.ts'

const dayMs = 24 * 60 * 60 * 1000

function large({ surface, ask, product, stockOf, remembered }: Scene): void {
  const pages = Array.from({ length: 40 }, (_, at) => ({ text: `${at} `.padEnd(8_000, 'x') }))

  test('a row over 256 KiB is kept as its place, and read again', async () => {
    const asked: Ask = { url: '/api/v1/books', as: asAnn, body: { title: 'long', pages } }

    const first = await ask('book', asked)
    const again = await ask('book', asked)
    const url = String(first.headers['location'])
    await surface.ask({ method: 'PATCH', url, as: asAnn, body: { title: 'changed' } })
    const later = await ask('book', asked)
    await surface.ask({ method: 'DELETE', url, as: asAnn })
    const gone = await ask('book', asked)

    assert.ok(first.text.length > keyLimits.answerBytes)
    assertReplay(again, first)
    assert.deepEqual([later.status, later.headers['location'], later.json['title']], [201, url, 'changed'])
    assert.deepEqual([gone.status, gone.headers['location'], gone.text], [201, url, ''])
    assert.equal((await surface.ask({ url, as: asAnn })).status, 404, 'the book was not made again')
    assert.ok((await remembered()).every(([, , , sealed = '']) => sealed.length < 2_000))
  })

  test('an answer over 256 KiB that is no row is kept whole', async () => {
    const id = await product(9)
    const asked: Ask = { url: `/api/v1/products/${id}/report`, as: asAnn, body: { lines: 40 } }

    const first = await ask('report', asked)
    const again = await ask('report', asked)

    assert.ok(first.text.length > keyLimits.answerBytes)
    assertReplay(again, first)
    assert.equal(await stockOf(id), 8)
  })
}

function expiry({ surface, ask, product, stockOf, remembered }: Scene): void {
  test('after thirty days the key is new again, and not a moment before', async () => {
    const id = await product(9)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }

    const first = await ask('month', buy)
    surface.clock.advance(30 * dayMs - 1)
    const last = await ask('month', buy)
    surface.clock.advance(1)
    const fresh = await ask('month', buy)
    const again = await ask('month', buy)

    assertReplay(last, first)
    assert.deepEqual([fresh.status, fresh.headers['idempotent-replayed']], [201, undefined])
    assertReplay(again, fresh)
    assert.equal(await stockOf(id), 7)
  })

  test('the sweep takes away what is past its time, and nothing else', async () => {
    const { house } = surface.server.house
    const id = await product(9)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }
    surface.clock.advance(31 * dayMs)
    await idempotency.turn?.(house)
    assert.deepEqual(await remembered(), [])

    await ask('old-1', buy)
    await ask('old-2', buy)
    surface.clock.advance(29 * dayMs)
    await ask('young', buy)
    const early = await idempotency.turn?.(house)
    surface.clock.advance(1 * dayMs + 1)
    const swept = await idempotency.turn?.(house)

    assert.deepEqual([early, swept], [0, 2])
    const left = await remembered()
    assert.equal(left.length, 1)
    assert.equal((await ask('young', buy)).headers['idempotent-replayed'], 'true')
  })
}

/** Texts of a keyed call that nobody may find in the table. */
const confidential = { key: 'the-key-of-a-confidential-call', text: 'a confidential answer' }

async function leave({ ask, product }: Scene, key = confidential.key): Promise<void> {
  const id = await product(9)
  const said = await ask(key, {
    url: '/api/v1/sales',
    as: asAnn,
    body: { product: id, quantity: 1, buyer: confidential.text },
  })
  assert.equal(said.status, 201)
}

/** What of it a table gives away: the texts themselves, and hashes of the body that a guess could be held against. */
async function foundIn({ remembered }: Scene): Promise<string[]> {
  const table = JSON.stringify(await remembered())
  const sha = (text: string): string[] => {
    const hash = createHash('sha256').update(text)
    return [hash.copy().digest('base64url'), hash.digest('hex')]
  }
  const { key, text } = confidential
  return [key, text, Buffer.from(text).toString('base64url'), ...sha(key), ...sha(text)].filter((one) =>
    table.includes(one),
  )
}

function sealed(scene: Scene): void {
  test('the table holds neither the key nor the answer, and says whose it is', async () => {
    await leave(scene)

    assert.deepEqual(await foundIn(scene), [])
    const [, hash = '', subject, text = ''] = (await scene.remembered()).at(-1) ?? []
    assert.equal(subject, ann)
    assert.match(hash, /^[\w-]{43}$/)
    assert.match(text, /^v1\.[\w-]{8}\.[\w-]+$/)
  })

  test('who has the table and the secret, but not the key, opens nothing', async () => {
    const key = `${confidential.key}2`
    await leave(scene, key)
    const [, hash = '', , text = ''] = (await scene.remembered()).at(-1) ?? []
    const ring = createKeyring(secret)

    assert.equal(ring.openWith('idempotency', 'another-key', text, hash), undefined)
    assert.equal(ring.open('idempotency', text, hash), undefined)
    assert.equal(ring.openWith('idempotency', key, text, `${hash.slice(1)}x`), undefined)
    assert.ok(
      ring.openWith('idempotency', key, text, hash)?.includes(confidential.text),
      'control: with the key it opens',
    )
  })
}

/** The hash of the answer that was kept last. */
const newest = 'select "hash" from "plinth_answers" order by "id" desc limit 1'

function bent({ surface, ask, product, stockOf }: Scene): void {
  test('an answer that was changed in the table is not told, the log says so, and nothing is done again', async () => {
    const { engine } = surface.server.house.house
    const id = await product(99)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }
    assert.equal((await ask('bent', buy)).status, 201)

    for (const at of [0, 4, 12, 40, 200]) {
      await engine.write({ name: 'bend', isolation: 'locked' }, async (tx) => {
        const set = `set "sealed" = substr("sealed", 1, ${at}) || 'A' || substr("sealed", ${at + 2})`
        await tx.raw(`update "plinth_answers" ${set} where "hash" = (${newest})`, [])
      })
    }
    const said = await ask('bent', buy)

    assert.deepEqual([said.status, said.json['code'], await stockOf(id)], [409, 'conflict', 98])
    assert.ok(surface.lines.some((line) => line.includes('cannot be opened')))
  })
}

await onEachEngine('kept answers', (scene) => {
  large(scene)
  expiry(scene)
  sealed(scene)
  bent(scene)
})

test('control: a keyring that seals nothing leaves the answer for all to read', async () => {
  const ring = createKeyring(secret)
  const open: Keyring = { ...ring, sealWith: (_purpose, _partner, text) => text }
  const surface = await serveOn(keys, { name: 'sqlite', engine: await openSqlite({ file: ':memory:' }), keys: open })
  const scene = sceneOf(surface)

  await leave(scene)

  assert.deepEqual(await foundIn(scene), [confidential.text])
  await surface.close()
})

test('an answer outlives a restart and a turned secret; without its secret nothing is done twice', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const start = async (...ring: Parameters<typeof createKeyring>): Promise<Scene> =>
    sceneOf(
      await serveOn(keys, {
        name: 'sqlite',
        engine: await openSqlite({ file: join(folder, 'app.db') }),
        keys: createKeyring(...ring),
        seed: Math.trunc(Math.random() * 1e9),
      }),
    )
  const buyOf = (id: string): Ask => ({ url: '/api/v1/sales', body: { product: id, quantity: 1 } })
  const first = await start(secret)
  const id = await first.product(9)
  const told = await first.ask('kept', buyOf(id))
  await first.surface.close()

  const turned = await start('a newer secret of the same house, 32+', [secret])
  const again = await turned.ask('kept', buyOf(id))
  await turned.surface.close()
  const lost = await start('a secret that never saw the others, 32+')
  const unreadable = await lost.ask('kept', buyOf(id))
  const stock = await lost.stockOf(id)
  await lost.surface.close()

  assertReplay(again, told)
  assert.deepEqual([unreadable.status, unreadable.json['code'], stock], [409, 'conflict', 8])
  assert.equal(unreadable.headers['retry-after'], undefined, 'asking again would not help')
})
