// Apple's secret of a moment, judged by another library.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { jwtVerify } from 'jose'
import { appleKey, appleSecret } from './apple_secret.ts'

test('it is signed by the key of the app, for Apple, for minutes', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = appleKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const now = Date.UTC(2026, 0, 1)

  const secret = appleSecret({ team: 'TEAM', key: 'KEY', clientId: 'app.example' }, key, now)

  const audience = 'https://appleid.apple.com'
  const { payload, protectedHeader } = await jwtVerify(secret, publicKey, { audience, currentDate: new Date(now) })
  assert.deepEqual(protectedHeader, { alg: 'ES256', kid: 'KEY' })
  assert.deepEqual([payload.iss, payload.sub, (payload.exp ?? 0) - (payload.iat ?? 0)], ['TEAM', 'app.example', 300])
})
