// The names that codes, tokens and sessions are kept by. Each has 256 random bits, so one hash is enough.
import { hash } from 'node:crypto'

/** The kind is hashed in: a code that is presented as a token is found nowhere. */
export const hashOf = (kind: string, id: string): string => hash('sha256', `${kind} ${id}`, 'base64url')
