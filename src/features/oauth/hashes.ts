// The names that codes, tokens and sessions are kept by. Each has 256 random bits, so one hash is enough.
import { hash } from 'node:crypto'

/**
 * The kind is hashed in: a code that is presented as a token is found nowhere. Tokens of people and of machines share a
 * name, so that the API looks once; the library takes neither for the other, as what is sealed says which it is.
 */
export const hashOf = (kind: string, id: string): string =>
  hash('sha256', `${kind === 'ClientCredentials' ? 'AccessToken' : kind} ${id}`, 'base64url')
