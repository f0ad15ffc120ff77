// Believes a signature by a passkey, or says why not (WebAuthn Level 3 §7.2).
import { readAnswer, refused, type Answer, type PasskeyRefusal } from './answer.ts'
import { takeChallenge, type Challenge } from './challenge.ts'
import { attempt, loadPasskeyLibrary, responseOf, type PasskeyLibrary } from './library.ts'
import { handleOf, type Passkey, type PasskeyMeans, type PasskeyProof, type RelyingParty } from './passkey.ts'

/** Verifies the answer to `requestOptions`. Its challenge is used up, whatever comes of it. */
export async function signIn(
  means: PasskeyMeans,
  sent: unknown,
  find: (id: string) => Promise<Passkey | undefined>,
  account: string | undefined,
): Promise<PasskeyProof | PasskeyRefusal> {
  const answer = readAnswer(sent, ['clientDataJSON', 'authenticatorData', 'signature'])
  if ('refused' in answer) return answer
  const challenge = await takeChallenge(means.challenges, answer.challenge, 'sign_in', means.clock)
  if (challenge === undefined || challenge.account !== (account ?? null))
    return refused('its challenge is not one of ours for this sign-in')
  const passkey = await find(answer.id)
  if (passkey === undefined || (account !== undefined && passkey.account !== account))
    return refused('there is no such passkey of this account')
  if (!saysOwner(answer, passkey, account)) return refused('it does not say whose it is, or says another')
  const library = await loadPasskeyLibrary()
  return attempt(() => prove(library, { party: means.party, answer, passkey, challenge }))
}

interface Claim {
  readonly party: RelyingParty
  readonly answer: Answer
  readonly passkey: Passkey
  readonly challenge: Challenge
}

async function prove(
  library: PasskeyLibrary,
  { party, answer, passkey, challenge }: Claim,
): Promise<PasskeyProof | PasskeyRefusal> {
  if (!isWhole(answer.parts['signature'] ?? '', library.cbor.decodeFirst(bytesOf(passkey.publicKey))))
    return refused('its signature has bytes that belong to no signature')
  const { verified, authenticationInfo: seen } = await library.verifySignIn({
    response: responseOf(answer),
    expectedChallenge: challenge.text,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    requireUserVerification: challenge.verified,
    credential: {
      id: passkey.id,
      publicKey: bytesOf(passkey.publicKey),
      counter: passkey.counter,
    },
  })
  if (!verified) return refused('its signature does not verify')
  // Level 3 §7.2 step 20: whether a passkey may be copied is decided when it is made.
  if ((seen.credentialDeviceType === 'multiDevice') !== passkey.synced)
    return refused('it may be copied now, or no longer, unlike when it was made')
  return Object.freeze({
    account: passkey.account,
    passkey: passkey.id,
    counter: seen.newCounter,
    backedUp: seen.credentialBackedUp,
    verified: seen.userVerified,
  })
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'))

/** ES256 signatures are a DER sequence, and the library leaves what follows it unread; the others have one length. */
function isWhole(signature: string, key: unknown): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  const isSequence = key instanceof Map && key.get(3) === -7
  return !isSequence || (bytes[0] === 0x30 && bytes[1] === bytes.length - 2)
}

/** A device that is asked for any passkey must say whose it is; one asked for those of an account may. */
function saysOwner({ userHandle }: Answer, { account: owner }: Passkey, account: string | undefined): boolean {
  if (userHandle === undefined || userHandle === null) return account !== undefined
  return userHandle === handleOf(owner)
}
