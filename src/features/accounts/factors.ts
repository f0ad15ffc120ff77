// What an account shows beside its password: an authenticator app, recovery codes, passkeys, devices it remembers.
import { boolean, choice, integer, owner, ref, resource, secret, text, timestamp } from '../../define/index.ts'
import { accounts } from './accounts.ts'

/** The authenticator app of an account. Without `confirmedAt` it is none yet. */
export const totps = resource('plinth_totps', {
  path: 'auth/mfa/totp',
  description: 'The authenticator app of an account.',
  fields: {
    account: ref(accounts, { onDelete: 'cascade', unique: true }),
    seed: secret({ max: 64 }),
    confirmedAt: timestamp({ optional: true }),
    /** The step of the last code that was taken: none up to it is taken again. */
    lastStep: integer({ private: true, optional: true, min: 0, max: 4_000_000_000 }),
  },
  allow: {},
  index: [['confirmedAt', 'createdAt']],
})

/** The recovery codes that were not used yet, hashed. Those of an account share a salt. */
export const recoveryCodes = resource('plinth_recovery_codes', {
  fields: {
    account: ref(accounts, { onDelete: 'cascade' }),
    hash: text({ private: true, max: 500 }),
  },
  allow: {},
  audit: false,
})

/** The passkeys of an account. Taking one away needs a recent proof, so it is no plain delete. */
export const passkeys = resource('plinth_passkeys', {
  path: 'auth/passkeys',
  description: 'A passkey: it signs in alone, or as the second factor.',
  fields: {
    account: ref(accounts, { readonly: true, onDelete: 'cascade' }),
    name: text({ min: 1, max: 80, description: 'What its owner calls it.' }),
    /** Its id among all passkeys, base64url: 1,023 bytes at most. */
    credential: text({ private: true, max: 1_364, unique: true }),
    publicKey: text({ private: true, max: 4_000 }),
    counter: integer({ private: true, min: 0, max: 4_294_967_295 }),
    synced: boolean({ readonly: true, description: 'May it be on several devices?' }),
    backedUp: boolean({ readonly: true }),
    transports: text({ readonly: true, max: 200, description: 'How it is reached, by spaces.' }),
    usedAt: timestamp({ readonly: true, optional: true, description: 'When it last signed in.' }),
  },
  owner: 'account',
  allow: { list: [owner], read: [owner], update: [owner] },
})

/** Challenges that wait for a passkey's answer. */
export const challenges = resource('plinth_challenges', {
  fields: {
    text: text({ private: true, max: 64, unique: true }),
    purpose: choice(['register', 'sign_in']),
    account: ref(accounts, { optional: true, onDelete: 'cascade' }),
    verified: boolean(),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})

/** Sign-ins whose first step was right, and which wait for the second factor. */
export const logins = resource('plinth_logins', {
  fields: {
    account: ref(accounts, { onDelete: 'cascade' }),
    hash: text({ private: true, max: 64, unique: true }),
    /** The first step: a password, or another service. */
    by: choice(['pwd', 'fed'], { default: 'pwd' }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})

/** A device on which the second factor was given, and is not asked for again. Deleting it has it asked for. */
export const devices = resource('plinth_devices', {
  path: 'auth/mfa/devices',
  description: 'A device that the second factor is not asked on. Deleting it has it asked for again.',
  fields: {
    account: ref(accounts, { readonly: true, onDelete: 'cascade' }),
    hash: text({ private: true, max: 64, unique: true }),
    device: text({ readonly: true, max: 200, description: 'What the device said of itself when it was remembered.' }),
    address: text({ readonly: true, max: 64, description: 'The network address it had then.' }),
    usedAt: timestamp({ readonly: true, description: 'When it last signed in.' }),
    endsAt: timestamp({ readonly: true, description: 'When it is forgotten, however much it is used.' }),
  },
  owner: 'account',
  index: ['endsAt'],
  allow: { list: [owner], read: [owner], delete: [owner] },
})
