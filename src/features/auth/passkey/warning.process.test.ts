// The package warns of an experiment when it looks for keys of tomorrow; nothing of ours makes it look.
import { deepEqual, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { getDefaultSupportedAlgorithmIDs } from '@simplewebauthn/server'
import { ownedClock } from '../../../base/clock.ts'
import { systemRandom } from '../../../base/random.ts'
import { createChallengeMemory } from './challenge.ts'
import { createPasskeys } from './passkeys.ts'
import { createAuthenticator } from './test_authenticator.ts'

test('a registration and a sign-in leave no warning in the log', async () => {
  const warnings: string[] = []
  const hear = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', hear)
  const origin = 'https://example.com'
  const clock = ownedClock('2026-11-01T12:00:00Z')
  const party = { id: 'example.com', name: 'Shop', origins: [origin] }
  const passkeys = createPasskeys({ party, challenges: createChallengeMemory(), clock, random: systemRandom })
  const device = createAuthenticator(origin)

  const options = await passkeys.startRegistration({ account: 'alice', name: 'alice', passkeys: [] })
  const made = await passkeys.finishRegistration('alice', device.create(options))
  ok('id' in made)
  const proof = await passkeys.finishSignIn(device.get(await passkeys.startSignIn()), () => Promise.resolve(made))
  ok('account' in proof)
  await setImmediate()
  deepEqual(warnings, [])

  // What it looks for when it is not told which keys are taken: this test would hear it.
  getDefaultSupportedAlgorithmIDs()
  await setImmediate()
  process.off('warning', hear)
  match(warnings.join(), /experimental/)
})
