// Who calls in a crash test: the same number is the same person in every run, and for every process.
import { createKeyring } from '../../base/seal.ts'
import { signToken } from '../../features/auth/index.ts'
import { rolesOf, type Who } from '../who.ts'

/** Signs the tokens of apps that live for one test. */
export const secret = 'the secret of every app under a crash test, known to all'

const neverExpires = 4_102_444_800
const keys = createKeyring(secret)

/** The id of a person: an UUID of version 7 of the first millisecond of 2026, with the number in it. */
export const personOf = (number: number): string => `019b76da-a800-7000-8000-${String(number).padStart(12, '0')}`

/** The token of a person; undefined for nobody in particular. */
export function tokenFor(who: Who, person: number): string | undefined {
  const roles = rolesOf(who)
  if (roles === undefined) return undefined
  const profile = roles.includes('member')
  return signToken(keys, { sub: personOf(person), roles, tenant: null, profile, exp: neverExpires })
}
