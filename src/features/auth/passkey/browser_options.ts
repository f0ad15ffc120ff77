// What a browser is asked: to make a passkey, or to sign with one.
import { factorLimits } from '../../../base/identity_limits.ts'
import { handleOf, type RelyingParty } from './passkey.ts'
import { passkeyAlgorithms } from './public_key.ts'

/** The account as the device shows it. */
export interface PasskeyOwner {
  readonly account: string
  readonly name: string
  /** Ids of the passkeys there are, so that a device does not make a second one. */
  readonly passkeys: readonly string[]
}

/** For `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` in a browser. */
export type BrowserOptions = Readonly<Record<string, unknown>>

/** Asks for a new passkey of an account. */
export function creationOptions({ id, name }: RelyingParty, owner: PasskeyOwner, challenge: string): BrowserOptions {
  return {
    rp: { id, name },
    user: { id: handleOf(owner.account), name: owner.name, displayName: owner.name },
    challenge,
    pubKeyCredParams: passkeyAlgorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: factorLimits.challengeMs,
    attestation: 'none',
    excludeCredentials: owner.passkeys.map(described),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  }
}

/** Asks for a signature by one of these passkeys, or by any where there are none. */
export function requestOptions(
  { id }: RelyingParty,
  passkeys: readonly string[],
  challenge: string,
  verified: boolean,
): BrowserOptions {
  return {
    challenge,
    rpId: id,
    timeout: factorLimits.challengeMs,
    allowCredentials: passkeys.map(described),
    userVerification: verified ? 'required' : 'preferred',
  }
}

const described = (id: string): BrowserOptions => ({ type: 'public-key', id })
