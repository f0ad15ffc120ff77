// The start says in one line which variable of a service is missing, and production takes no service without TLS.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { app } from '../define/app.ts'
import { type Provider, signInWith } from '../define/index.ts'
import { readConfig } from './config.ts'
import { signInClients } from './sign_in.ts'

const believing = (...providers: Provider[]) => app('club', {}, { signIn: { providers, returnTo: ['/in'] } })
const google = believing(signInWith.google())
const given = { SIGN_IN_GOOGLE_ID: 'id', SIGN_IN_GOOGLE_SECRET: 'secret' }

test('an id and a secret are of the environment, or of files that it names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-'))
  const file = join(folder, 'secret')
  writeFileSync(file, 'secret of a file\n')
  const env = { SIGN_IN_GOOGLE_ID: 'id', SIGN_IN_GOOGLE_SECRET_FILE: file }

  assert.deepEqual(signInClients(google, readConfig(given))?.get('google'), { id: 'id', secret: 'secret' })
  assert.equal(signInClients(google, readConfig(env))?.get('google')?.secret, 'secret of a file')
  rmSync(folder, { recursive: true })
  assert.throws(
    () => signInClients(google, readConfig(env)),
    /^ConfigError: SIGN_IN_GOOGLE_SECRET_FILE=.*cannot be read/,
  )
})

test('one that is missing is named in one line; an app without services asks for none', () => {
  for (const name of ['SIGN_IN_GOOGLE_ID', 'SIGN_IN_GOOGLE_SECRET']) {
    const message = `${name}=: is required: the app signs in with google`
    assert.throws(() => signInClients(google, readConfig({ ...given, [name]: '' })), { name: 'ConfigError', message })
  }
  assert.equal(signInClients(app('club', {}), readConfig({})), undefined)
})

test("Apple's secret is a private key on P-256", () => {
  const apple = believing(signInWith.apple({ team: 'TEAM', key: 'KEY' }))
  const pem = (namedCurve: string): string =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const read = (secret: string) =>
    signInClients(apple, readConfig({ SIGN_IN_APPLE_ID: 'id', SIGN_IN_APPLE_SECRET: secret }))

  assert.ok(read(pem('P-256')))
  for (const bad of [pem('P-384'), 'a secret'])
    assert.throws(() => read(bad), { message: 'SIGN_IN_APPLE_SECRET=***: must be a private key on P-256, as PEM' })
})

test('production believes no service on its own machine, and sends nobody to one', () => {
  const config = { ...readConfig(given), production: true, variable: () => 'given' }
  const local = believing(signInWith.issuer('local', 'http://127.0.0.1:4000'))
  const home = app('club', {}, { signIn: { providers: [signInWith.google()], returnTo: ['http://localhost:5173/in'] } })

  for (const one of [local, home]) {
    assert.throws(() => signInClients(one, config), /NODE_ENV=production: .* use an https address/)
    assert.ok(signInClients(one, { ...config, production: false }))
  }
})
