// The two ways sign-in says no without saying why.
import { Problem } from '../../../base/pure/problem.ts'

/** The same for a wrong password and for an address nobody has. */
export const wrongPassword = (): Problem =>
  new Problem('unauthenticated', 'The address or the password is not right.', challenge)

/** The same for every token that is not good here: unknown, used up, of another kind, cut short. */
export const notGood = (): Problem =>
  new Problem('unauthenticated', 'This token is not good, or not any more.', challenge)

const challenge = { headers: { 'WWW-Authenticate': 'Bearer' } }

/** A proof that is not good: the body holds it, and it is none of the caller's credentials. */
export const badProof = (): Problem =>
  new Problem('invalid', 'This link or code is not good, or was used already; ask for another.', {
    errors: [{ pointer: '/token', code: 'bad_check', message: 'Is not good, or was used already.' }],
  })
