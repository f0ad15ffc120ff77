// Somebody with a second factor, as tests of identity need them: the codes of an app, a device with a passkey.
import assert from 'node:assert/strict'
import { TOTP } from 'otpauth'
import { createAuthenticator, type Authenticator } from '../../src/features/auth/passkey/test_authenticator.ts'
import { as, ask, joined, type Pair, password, type Reach } from './people.ts'

export const minute = 60_000
/** The time of one code. */
export const step = 30_000

/** A device with a browser, on a page of the app under test. */
export const authenticator = (synced = false): Authenticator => createAuthenticator('http://localhost', 'ES256', synced)

/** What the app of a secret shows now. */
export const codeAt = ({ clock }: Reach, secret: string): string =>
  new TOTP({ secret }).generate({ timestamp: clock.ms() })

export interface Enrolled extends Pair {
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

/** Registers, signs in, and enrols an app; its next code is due. */
export async function enrolled(run: Reach, email: string): Promise<Enrolled> {
  const pair = await joined(run, email)
  const begun = await as(run, pair.accessToken, 'POST', 'auth/mfa/totp/enrol', {})
  const { secret } = begun.body as { secret: string } // the contract says so
  const done = await as(run, pair.accessToken, 'POST', 'auth/mfa/totp/confirm', { totp: codeAt(run, secret) })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  const { recoveryCodes } = done.body as { recoveryCodes: string[] }
  run.clock.advance(step)
  return { ...pair, secret, recoveryCodes }
}

/** Gives the password; what comes of it waits for the factor. */
export async function pending(run: Reach, email: string, by = password): Promise<{ mfaToken: string }> {
  const answer = await ask(run, 'login', { email, password: by })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const { mfaToken } = answer.body as { mfaToken?: string }
  assert.ok(mfaToken, 'a second factor is asked for')
  return { mfaToken }
}

/** Makes a passkey of the account on the device. */
export async function withPasskey(run: Reach, token: string, device: Authenticator) {
  const asked = await as(run, token, 'POST', 'auth/passkeys/register/options', {})
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  const { publicKey } = asked.body as { publicKey: Readonly<Record<string, unknown>> }
  return as(run, token, 'POST', 'auth/passkeys/register', { passkey: device.create(publicKey), name: 'Phone' })
}

/** What the device signs for one of the two kinds of options. */
export async function optionsOf(run: Reach, flow: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const asked = await ask(run, flow, body)
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  return (asked.body as { publicKey: Readonly<Record<string, unknown>> }).publicKey
}
