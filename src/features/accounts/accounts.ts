// Who may sign in: an address, a password, and what the app says of the person.
import { boolean, choice, email, integer, json, resource, text, timestamp } from '../../define/index.ts'
import { administrators, rolesKept } from './roles.ts'

/** An account. Its id is that of the person's row in the app's profile resource. */
export const accounts = resource('plinth_accounts', {
  path: 'auth/accounts',
  actions: 'auth',
  description: 'Sign-in: accounts, their sessions and their proofs.',
  fields: {
    email: email({ readonly: true, unique: true }),
    /** PHC string; null where the account has no password (it signs in by another service). */
    passwordHash: text({ private: true, optional: true, max: 500 }),
    /** Is the password one that will do only beside a second factor. */
    passwordShort: boolean({ private: true, default: false }),
    /** Nobody signs in before. */
    verifiedAt: timestamp({
      readonly: true,
      optional: true,
      description: "When the address was shown to be the person's.",
    }),
    state: choice(['active', 'deactivated'], { readonly: true, default: 'active' }),
    roles: rolesKept,
    /** What was given at registration for the profile; the row is made of it when the address is verified. */
    profile: json({ private: true, optional: true, maxBytes: 32_768 }),
    /** Wrong passwords in a row, from anywhere. */
    failures: integer({ private: true, min: 0, max: 1_000_000, default: 0 }),
  },
  allow: { list: [administrators], read: [administrators] },
  index: ['state'],
  wakes: { channel: 'sessions', about: ['id'] },
})
