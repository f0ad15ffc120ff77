// A code and a refresh token are used once, of many at once; used up blindly, oftener. Fifty: the nightly suite.
import assert from 'node:assert/strict'
import type { Tx } from '../../src/define/tx.ts'
import { createAdapters, useOnce } from '../../src/features/oauth/adapter.ts'
import { loadOauthLibrary } from '../../src/features/oauth/library.ts'
import { artifacts } from '../../src/features/oauth/nouns.ts'
import { idKeysetsOf, remake } from '../../src/features/oauth/service.ts'
import { api, authorizeUrl, codeFor, exchange, onBoth, post, type Scene, type Tokens, tokensFor } from './scene.ts'

const twins = 12

async function successes(scene: Scene, form: Record<string, string>): Promise<Tokens[]> {
  const answers = await Promise.all(Array.from({ length: twins }, () => post(scene, '/oauth/token', form)))
  const odd = answers.filter(({ status, body }) => status !== 200 && body['error'] !== 'invalid_grant')
  assert.deepEqual(odd, [])
  return answers.filter(({ status }) => status === 200).map(({ body }) => body as unknown as Tokens)
}

const refresh = ({ refresh_token: token }: Tokens) => ({ grant_type: 'refresh_token', refresh_token: token })

onBoth(`of ${twins} exchanges of one code one succeeds, and its tokens are taken back`, async (scene) => {
  const browser = scene.browser()
  const [won, ...others] = await successes(scene, exchange(await codeFor(scene, authorizeUrl(), browser)))

  assert.ok(won)
  assert.deepEqual(others, [])
  assert.equal((await api(scene, won.access_token, 'notes')).status, 401)
  assert.deepEqual(await successes(scene, refresh(won)), [])
  const [next, ...more] = await successes(scene, refresh(await tokensFor(scene, authorizeUrl(), browser)))
  assert.ok(next)
  assert.deepEqual(more, [])
  assert.equal((await api(scene, next.access_token, 'notes')).status, 401)
})

/** The fault: it is used up whatever it was before; that it was unused has been looked up, a moment ago. */
async function useBlindly(tx: Tx, hash: string): Promise<boolean> {
  const used = { consumedAt: tx.now }
  await tx.sql({ artifacts }).updateTable('artifacts').set(used).where('hash', '=', hash).execute()
  return true
}

/** Puts a server in the place of the scene's where all have looked the code up before the first of them uses it. */
async function allLookFirst({ house }: Scene, use: typeof useOnce): Promise<void> {
  const keysets = await idKeysetsOf(house)
  const { promise, resolve } = Promise.withResolvers<void>()
  let waiting = 0
  const adapters: typeof createAdapters = (of, library) => {
    const make = createAdapters(of, library, use)
    return (kind) => {
      const adapter = make(kind)
      const consume = async (id: string): Promise<void> => {
        if (++waiting === twins) resolve()
        await promise
        await adapter.consume(id)
      }
      return { ...adapter, consume }
    }
  }
  remake({ house, library: await loadOauthLibrary(), keysets, adapters })
}

onBoth('the control: looked up and then used, a code succeeds more than once', async (scene) => {
  const browser = scene.browser()
  await allLookFirst(scene, useBlindly)
  assert.ok((await successes(scene, exchange(await codeFor(scene, authorizeUrl(), browser)))).length > 1)

  await allLookFirst(scene, useOnce)
  assert.equal((await successes(scene, exchange(await codeFor(scene, authorizeUrl(), browser)))).length, 1)
})
