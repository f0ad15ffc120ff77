// Who an account is elsewhere: identities of other services, and people on their way back from one.
import { choice, email, owner, ref, resource, text, timestamp } from '../../define/index.ts'
import { accounts } from './accounts.ts'

/** An identity is the pair of issuer and subject (OpenID Connect Core §5.7): an address may change hands. */
export const identities = resource('plinth_identities', {
  path: 'auth/identities',
  description: 'A service that signs in to the account. Taking it away needs a recent proof.',
  fields: {
    account: ref(accounts, { readonly: true, onDelete: 'cascade' }),
    provider: text({ readonly: true, max: 20, description: 'The service, as the app calls it.' }),
    issuer: text({ private: true, max: 500 }),
    /** 255 characters at most (OpenID Connect Core §2). */
    subject: text({ private: true, max: 255 }),
    email: email({ readonly: true, optional: true, description: 'The address it had there; it opens nothing.' }),
    usedAt: timestamp({ readonly: true, optional: true, description: 'When it last signed in.' }),
  },
  owner: 'account',
  unique: [['issuer', 'subject']],
  allow: { list: [owner], read: [owner] },
})

/**
 * Somebody who came back from a service. The row is made when the state of the way is used up, and stays until no
 * cookie can bring that state again; the code it then gets is good for one exchange.
 */
export const arrivals = resource('plinth_arrivals', {
  fields: {
    /** Keyed hash of the state. */
    state: text({ private: true, max: 64, unique: true }),
    step: choice(['claimed', 'answered', 'taken'], { default: 'claimed' }),
    /** Of the code. */
    hash: text({ private: true, optional: true, max: 64, unique: true }),
    /** SHA-256 of the verifier that the client keeps (RFC 7636). */
    challenge: text({ private: true, max: 43 }),
    /** What the service said, sealed with the code itself. */
    said: text({ private: true, optional: true, max: 8_000 }),
    codeEndsAt: timestamp({ optional: true }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})
