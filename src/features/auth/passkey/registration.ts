// Believes a new passkey, or says why not (WebAuthn Level 3 §7.1).
import { readAnswer, refused, type PasskeyRefusal } from './answer.ts'
import { takeChallenge } from './challenge.ts'
import { attempt, loadPasskeyLibrary, responseOf } from './library.ts'
import type { Passkey, PasskeyMeans } from './passkey.ts'
import { isUsableKey, passkeyAlgorithms } from './public_key.ts'

/** Verifies the answer to `creationOptions`. Its challenge is used up, whatever comes of it. */
export async function register(means: PasskeyMeans, account: string, sent: unknown): Promise<Passkey | PasskeyRefusal> {
  const answer = readAnswer(sent, ['clientDataJSON', 'attestationObject'])
  if ('refused' in answer) return answer
  const challenge = await takeChallenge(means.challenges, answer.challenge, 'register', means.clock)
  if (challenge?.account !== account) return refused('its challenge is not one of ours for this account')
  const library = await loadPasskeyLibrary()
  const object = Buffer.from(answer.parts['attestationObject'] ?? '', 'base64url')
  return attempt(async () => {
    // The library reads the first item and leaves what follows it.
    if (library.cbor.encode(library.cbor.decodeFirst(object)).length !== object.length)
      return refused('its attestation object is not one CBOR item')
    const { registrationInfo: made } = await library.verifyRegistration({
      response: responseOf(answer),
      expectedChallenge: challenge.text,
      expectedOrigin: [...means.party.origins],
      expectedRPID: means.party.id,
      requireUserVerification: challenge.verified,
      supportedAlgorithmIDs: [...passkeyAlgorithms],
    })
    if (made === undefined) return refused('its attestation does not verify')
    // None was asked for; browsers send none, or what the device said of itself (Level 3 §5.1.3).
    if (made.fmt !== 'none' && made.fmt !== 'packed') return refused('it holds an attestation nobody asked for')
    if (made.credential.id !== answer.id) return refused('its id is not that of the passkey')
    if (!isUsableKey(library.cbor.decodeFirst(made.credential.publicKey))) return refused('its key is no usable key')
    return Object.freeze({
      id: answer.id,
      account,
      publicKey: Buffer.from(made.credential.publicKey).toString('base64url'),
      counter: made.credential.counter,
      synced: made.credentialDeviceType === 'multiDevice',
      backedUp: made.credentialBackedUp,
      transports: Object.freeze([...answer.transports]),
    })
  })
}
