// What proves something once: links and codes sent by mail, kept as hashes, gone when they are used.
import { choice, integer, ref, resource, text, timestamp } from '../../define/index.ts'
import { accounts } from './accounts.ts'

export const proofs = resource('plinth_proofs', {
  fields: {
    account: ref(accounts, { onDelete: 'cascade' }),
    kind: choice(['verify', 'reset']),
    hash: text({ private: true, max: 64, unique: true }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})

/** Tries within a span of time, by whom and for what: counted before they are judged, so that none is for free. */
export const tries = resource('plinth_tries', {
  fields: {
    /** Keyed hash of what is limited; addresses are not kept in clear for this. */
    key: text({ private: true, max: 64, unique: true }),
    /** Keyed hash of whom the tries are at, where they are counted apart by network: to forgive all of them. */
    at: text({ private: true, optional: true, max: 64 }),
    count: integer({ min: 0, max: 1_000_000 }),
    startedAt: timestamp(),
    lastAt: timestamp(),
  },
  allow: {},
  index: ['lastAt', 'at'],
  audit: false,
})

/** A password that somebody chose for an address that was taken: see `steps/claims.ts` of sign-in. */
export const claims = resource('plinth_claims', {
  fields: {
    account: ref(accounts, { onDelete: 'cascade' }),
    /** Keyed hash of the address and the password. */
    mark: text({ private: true, max: 64, unique: true }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})

/** Keys that sign access tokens and ID tokens, sealed. */
export const signingKeys = resource('plinth_signing_keys', {
  fields: {
    kid: text({ max: 64, unique: true }),
    algorithm: choice(['EdDSA', 'ES256', 'RS256']),
    sealed: text({ private: true, max: 4_000 }),
    signsFrom: timestamp(),
  },
  allow: {},
})
