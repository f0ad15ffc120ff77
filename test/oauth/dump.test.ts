// A stolen database opens nothing: every text in it is tried as a token, a code, a secret and a session.
import assert from 'node:assert/strict'
import { Client } from 'pg'
import { test } from 'node:test'
import { idKeysetsOf } from '../../src/features/oauth/service.ts'
import { postgresForTests, whyNoPostgres } from '../postgres.ts'
import {
  ann,
  api,
  authorizeUrl,
  basic,
  codeFor,
  exchange,
  makeAccount,
  openScene,
  partner,
  post,
  tokensFor,
} from './scene.ts'

/** Every text of 16 signs or more in the tables of the OAuth server and of sessions, and the words within. */
async function textsIn(url: string): Promise<Set<string>> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const texts = new Set<string>()
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_name like 'plinth\\_%'`,
  )
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: object }>(`select to_jsonb(t) as row from "${name}" as t limit 1000`)
    for (const text of JSON.stringify(rows).match(/[\w.~+/=:-]{16,}/g) ?? []) texts.add(text)
  }
  await client.end()
  return texts
}

test('no text of a dump is good for anything', async (t) => {
  const database = await postgresForTests()
  if ('skip' in database) return t.skip((await whyNoPostgres())?.skip ?? '')
  {
    await using scene = await openScene({ databaseUrl: database.url })
    await makeAccount(scene.house, ann)
    const browser = scene.browser()
    const tokens = await tokensFor(scene, authorizeUrl(), browser)
    const code = await codeFor(scene, authorizeUrl(), browser)
    await scene.browser().get(authorizeUrl())

    const texts = await textsIn(database.url)

    assert.ok(texts.size > 30, String(texts.size))
    for (const secret of [code, ...Object.values(tokens)]) assert.ok(!texts.has(secret))
    for (const { signing } of await idKeysetsOf(scene.house)) {
      const { d = '', p = '' } = signing.privateKey.export({ format: 'jwk' })
      const der = signing.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
      for (const part of [d, p, der]) assert.ok(part === '' || ![...texts].some((text) => text.includes(part)))
      assert.ok([...texts].some((text) => text.includes(signing.kid))) // the control: the row of the key was read
    }
    for (const [, { value }] of browser.cookies) assert.ok(!texts.has(value))
    for (const [index, text] of [...texts].entries()) {
      if (index % 100 === 99) scene.clock.advance(60_000) // or strangers' tokens are only told to wait
      assert.equal((await api(scene, text, 'notes')).status, 401, text)
      assert.notEqual((await post(scene, '/oauth/token', exchange(text))).status, 200, text)
      const refresh = { grant_type: 'refresh_token', refresh_token: text }
      assert.notEqual((await post(scene, '/oauth/token', refresh)).status, 200, text)
      const asPartner = { authorization: basic('partner', text) }
      assert.equal((await post(scene, '/oauth/introspect', { token: 'x' }, asPartner)).status, 401, text)
      const thief = scene.browser()
      thief.cookies.set('__Host-plinth_oauth', { value: text, path: '/' })
      assert.doesNotMatch((await thief.get(authorizeUrl())).location ?? '', /code=/, text)
    }
    // The control: what is not in the dump is good.
    assert.equal((await api(scene, tokens.access_token, 'notes')).status, 200)
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    assert.equal((await post(scene, '/oauth/token', refresh, partner)).status, 200)
  }
  await database.drop()
})
