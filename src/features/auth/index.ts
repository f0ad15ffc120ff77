// Who calls, and how they come to be known: registration, sign-in, sessions, passwords.
import type { Feature } from '../../call/feature.ts'
import * as flows from './flows/index.ts'
import { startSweeper, sweep } from './sweep.ts'

export { type Claims, signToken } from './development_token.ts'
export { type Credentials, ensureAdmin, inventAdmin } from './first_admin.ts'
export { createIdentify, type Identify, type IdentifyMeans, type IdentityAsked } from './identify.ts'
export {
  erasedLetter,
  inviteLetter,
  knownLetter,
  memberLetter,
  type LetterHead,
  movedLetter,
  moveLetter,
  resetLetter,
  type SecurityEvent,
  securityLetter,
  verifyLetter,
} from './letters.ts'
export { addAccount, addServiceKey, resetLink, type ServiceKey } from './operated.ts'
export { type PasskeyRefusal } from './passkey/answer.ts'
export { type BrowserOptions, type PasskeyOwner } from './passkey/browser_options.ts'
export { type Challenge, type ChallengeStore, createChallengeMemory } from './passkey/challenge.ts'
export { type Passkey, type PasskeyProof, type RelyingParty } from './passkey/passkey.ts'
export { createPasskeys, type Passkeys } from './passkey/passkeys.ts'
export { type BreachedList, compileBreached, loadBreached, readBreached } from './password/breached.ts'
export { type Bulkhead, createBulkhead, hashConcurrency } from './password/bulkhead.ts'
export { createPasswords, type Passwords, type Pepper, pepperOf, type Verdict } from './password/passwords.ts'
export { checkPassword, type PasswordContext, type PasswordFault } from './password/policy.ts'
export { type Preset, type PresetName, presets } from './password/schemes.ts'
export { type AccessToken, type Grant, type Party, type Refusal, signAccessToken } from './token/access_token.ts'
export { jwksOf, keysetAt, type Keyset, plannedKeys, withoutKey } from './token/keyset.ts'
export { createSecret, readSecret, sameHash, type Secret, type SecretKind } from './token/secret.ts'
export { type KeyRecord, openKey, sealKey, type SigningKey } from './token/signing_key.ts'
export { createVerifier, type Verify } from './token/verifier.ts'
export { createRecoveryCodes, indexOfCode, type RecoverySet } from './totp/recovery_codes.ts'
export { createTotpSecret, stepOfCode, totpAddress } from './totp/totp.ts'
export { noSessionCookie } from './browser/session_cookie.ts'
export { provedCaller } from './factors/step_up.ts'
export { badProof } from './steps/refused.ts'
export { headOf } from './steps/letter_head.ts'
export { createMemory } from './memory.ts'
export { takeTry } from './steps/tries.ts'
export { appleKey } from './others/apple_secret.ts'
export { createWays, signInWithOthers } from './others/index.ts'
export type { Redirect, WayAsked, Ways } from './others/way.ts'
export { authOf } from './service.ts'
export { isOpen } from './session_memory.ts'

export const auth: Feature = { name: 'auth', parts: flows, turn: sweep, start: startSweeper }
