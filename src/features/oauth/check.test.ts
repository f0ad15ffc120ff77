// An app that says half of what a provider needs does not start, and is told what is missing in one line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyone, app, resource, text } from '../../define/index.ts'
import type { DeclaredClient, ProviderOptions } from '../../define/provider.ts'
import { readConfig } from '../../server/config.ts'
import { modelOf } from '../../server/features.ts'
import { openServer } from '../../server/start.ts'
import { createLog } from '../../base/log.ts'

const notes = resource('notes', { fields: { text: text() }, allow: { list: [anyone] } })
const of = (provider: ProviderOptions) => app('pad', { notes }, { provider })
const server: DeclaredClient = {
  id: 'partner',
  name: 'Partner',
  kind: 'server',
  secretFrom: 'PARTNER_SECRET',
  redirectUris: ['https://partner.example/cb'],
}
const withClient = (said: Partial<DeclaredClient>) => of({ clients: [{ ...server, ...said }] })

const wrong: readonly (readonly [string, Partial<DeclaredClient>, RegExp])[] = [
  ['an id of capitals', { id: 'Partner' }, /client "Partner": an id is lower case/],
  ['no name', { name: '' }, /client "partner": a name has 1 to 80/],
  ['a server without a secret', { kind: 'browser' }, /client "partner": a browser can keep no secret/],
  ['no address', { redirectUris: [] }, /client "partner": redirectUris: Name an address/],
  ['an address over http', { redirectUris: ['http://partner.example/'] }, /redirectUris\/0: Must be https/],
  ['an address with a star', { redirectUris: ['https://*.partner.example/'] }, /redirectUris\/0: Must have no/],
  ['a scope that is none', { scopes: ['everything'] }, /scopes: There is no scope "everything"/],
  ['no scope', { scopes: [] }, /scopes: Name at least one/],
  ['roles of a person', { roles: ['staff'] }, /roles: Only a machine has roles/],
  ['a machine that sends people back', { kind: 'machine' }, /redirectUris: A machine sends nobody back/],
]

for (const [title, said, message] of wrong)
  test(`${title} stops the start`, () => {
    assert.throws(() => modelOf(withClient(said)), message)
  })

test('what is half said stops it too, and what is whole does not', () => {
  const { secretFrom: _left, ...open } = server
  assert.throws(() => modelOf(of({ clients: [open] })), /a server needs secretFrom/)
  assert.throws(() => modelOf(of({ clients: [server, server] })), /two clients are named "partner"/)
  assert.throws(() => modelOf(of({ words: { 'orders:read': 'x' } })), /words for "orders:read", which is no scope/)
  assert.ok(modelOf(of({ clients: [server], words: { 'notes:read': 'Read notes' } })))
  assert.ok(!modelOf(app('pad', { notes })).nouns.has('plinth_oauth_clients'))
})

const start = async (environment: Record<string, string>) => {
  const config = readConfig({ DATABASE_URL: 'sqlite::memory:', NODE_ENV: 'development', ...environment })
  const secret = { ...config, secret: 'the secret of this test, 32 bytes+' }
  const opened = await openServer(withClient({}), { config: secret, log: createLog({ level: 'silent' }) })
  await opened.close()
}

test('a secret that is missing or short, and an address that is not safe, stop the start', async () => {
  const good = { PARTNER_SECRET: 'p'.repeat(32) }
  const production = { NODE_ENV: 'production', PLINTH_SECRET: 's'.repeat(32), DATABASE_URL: 'sqlite::memory:', ...good }

  await assert.rejects(start({}), /PARTNER_SECRET=: is required: the secret of the client "partner"/)
  await assert.rejects(start({ PARTNER_SECRET: 'short' }), /PARTNER_SECRET=\*\*\*: must have at least 32/)
  await assert.rejects(start({ ...good, PUBLIC_URL: 'http://shop.example' }), /PUBLIC_URL must be https/)
  await assert.rejects(start({ ...good, PUBLIC_URL: 'https://shop.example/?x=1' }), /must have no \?/)
  await assert.rejects(start(production), /PUBLIC_URL is needed in production|table/)
  await start(good)
})
