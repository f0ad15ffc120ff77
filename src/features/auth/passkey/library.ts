// Loads the package that verifies passkeys, when the first passkey needs it.
import type * as library from '@simplewebauthn/server'
import type * as helpers from '@simplewebauthn/server/helpers'
import { refused, type Answer, type PasskeyRefusal } from './answer.ts'

/** What is used of the package. */
export interface PasskeyLibrary {
  readonly verifyRegistration: typeof library.verifyRegistrationResponse
  readonly verifySignIn: typeof library.verifyAuthenticationResponse
  readonly cbor: typeof helpers.isoCBOR
}

/** The package. Fails with Error that says what to install where it is not there. */
export async function loadPasskeyLibrary(): Promise<PasskeyLibrary> {
  try {
    const [main, parts] = await Promise.all([
      import('@simplewebauthn/server'),
      import('@simplewebauthn/server/helpers'),
    ])
    return {
      verifyRegistration: main.verifyRegistrationResponse,
      verifySignIn: main.verifyAuthenticationResponse,
      cbor: parts.isoCBOR,
    }
  } catch (cause) {
    const name = '@simplewebauthn/server'
    throw new Error(`Passkeys need the package "${name}": npm install ${name}`, { cause })
  }
}

/** The answer for the library; only what was checked goes in. */
export function responseOf({
  id,
  parts,
}: Answer): Parameters<PasskeyLibrary['verifySignIn']>[0]['response'] &
  Parameters<PasskeyLibrary['verifyRegistration']>[0]['response'] {
  const { clientDataJSON = '', authenticatorData = '', signature = '', attestationObject = '' } = parts
  const response = { clientDataJSON, authenticatorData, signature, attestationObject }
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
}

/** The library throws for each of its refusals; what it says is kept for the log. */
export async function attempt<T>(work: () => Promise<T | PasskeyRefusal>): Promise<T | PasskeyRefusal> {
  try {
    return await work()
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}
