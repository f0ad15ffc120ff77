// The keys of ID tokens turn as the others do, and what administrators and people decide is on record.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { signingKeys } from '../../src/features/accounts/index.ts'
import { entries } from '../../src/features/audit/nouns.ts'
import { settle } from '../../src/testing/settle.ts'
import { openScene, type Scene, tokensFor } from './scene.ts'

interface Jwk {
  readonly kid: string
  readonly alg: string
}

const published = async ({ url }: Scene): Promise<Jwk[]> =>
  ((await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: Jwk[] }).keys

const headOf = (token: string): Jwk => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Jwk

test('an ID token is signed by a key that is published, and after a turn by the next one', async () => {
  await using scene = await openScene()
  const first = headOf((await tokensFor(scene)).id_token)
  const before = await published(scene)

  scene.clock.advance(91 * 86_400_000)
  const second = headOf((await tokensFor(scene)).id_token)
  const after = await published(scene)

  assert.deepEqual([first.alg, second.alg], ['ES256', 'ES256'])
  assert.notEqual(first.kid, second.kid)
  assert.ok(before.some(({ kid }) => kid === first.kid))
  assert.ok(before.some(({ kid }) => kid === second.kid)) // the next one is known long before it signs
  assert.ok(after.some(({ kid }) => kid === second.kid))
  assert.deepEqual(new Set(before.map(({ alg }) => alg)), new Set(['EdDSA', 'ES256', 'RS256']))
  assert.ok(!JSON.stringify([before, after]).includes('"d":'))
})

test('no private key lies in the database in clear', async () => {
  await using scene = await openScene()
  await tokensFor(scene)
  const deed = { operation: 'test', caller: noOne, origin: fromInside }

  const keys = await transact(scene.house, deed, {}, (tx) => tx.find(signingKeys, { algorithm: 'ES256' }))

  assert.ok(keys.length >= 2)
  for (const { sealed } of keys) assert.match(sealed, /^v1\./)
})

test('who signed in, and what was allowed, is on record', async () => {
  await using scene = await openScene()
  await tokensFor(scene)
  const deed = { operation: 'test', caller: noOne, origin: fromInside }

  await settle(scene.house)
  const operations = await transact(scene.house, deed, {}, async (tx) =>
    (await tx.find(entries, {}, { limit: 1_000 })).map(({ operation }) => operation),
  )

  for (const name of ['auth.login', 'oauth.consent']) assert.ok(operations.includes(name), name)
})
