// One-time codes of authenticator apps (RFC 6238), each of which works once.
import { Secret, TOTP } from 'otpauth'
import { factorLimits } from '../../../base/identity_limits.ts'
import type { Random } from '../../../base/random.ts'

/** RFC 4226 §4 asks for 160 bits, the length of the hash. */
const secretBytes = 20

/** A new secret in base32, to be shown once as a QR code of `totpAddress` and stored sealed. */
export function createTotpSecret(random: Random): string {
  return base32(Buffer.from(random.bytes(secretBytes)))
}

/** The `otpauth://` address that authenticator apps read from a QR code. */
export function totpAddress(secret: string, { issuer, account }: { issuer: string; account: string }): string {
  return totpOf(secret, issuer, account).toString()
}

/**
 * The step a typed code belongs to, if it is right: now, or one step to either side, and later than the last step that
 * was taken. Whoever takes it must store the step with `where last_step is null or last_step < step` in the same
 * statement that signs in; a code that was seen over a shoulder is then of no use, nor is an older one.
 */
export function stepOfCode(
  secret: string,
  typed: unknown,
  { nowMs, lastStep }: { nowMs: number; lastStep: number | null },
): number | undefined {
  if (typeof typed !== 'string' || typed.length > 2 * factorLimits.totpDigits) return undefined
  const token = typed.replaceAll(' ', '')
  if (!/^[0-9]{6}$/.test(token)) return undefined
  const delta = totpOf(secret).validate({ token, timestamp: nowMs, window: factorLimits.totpSkewSteps })
  if (delta === null) return undefined
  const step = Math.floor(nowMs / (factorLimits.totpStepSeconds * 1000)) + delta
  return lastStep === null || step > lastStep ? step : undefined
}

function totpOf(secret: string, issuer = '', label = 'account'): TOTP {
  return new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits: factorLimits.totpDigits,
    period: factorLimits.totpStepSeconds,
    secret: Secret.fromBase32(secret),
  })
}

const base32 = (bytes: Buffer): string => new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32
