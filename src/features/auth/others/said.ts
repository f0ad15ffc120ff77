// What a service said of a person, as far as we believe it.
import { isAddress } from '../../../define/fields/email.ts'
import type { Claims, Provider } from '../../../define/sign_in.ts'

export interface Said {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  /** Null where there is none, or none that we could write to. */
  readonly email: string | null
  /** Does the service answer for the address. */
  readonly isVerified: boolean
}

/** Reads claims. Fails with Error where there is nobody in them. */
export function saidBy(provider: Provider, issuer: string, claims: Claims): Said {
  const { sub, email } = claims
  if (typeof sub !== 'string' || !/^[!-~]{1,255}$/.test(sub)) throw new Error('the subject is no such text')
  const address = typeof email === 'string' && isAddress(email) && email.length <= 254 ? email : null
  return Object.freeze({
    provider: provider.name,
    issuer,
    subject: sub,
    email: address,
    isVerified: address !== null && provider.isVerified(claims),
  })
}
