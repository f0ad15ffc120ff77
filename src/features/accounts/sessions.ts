// Where somebody is signed in: one row for each device, and the refresh tokens it was given one after the other.
import { owner, ref, resource, text, timestamp } from '../../define/index.ts'
import { accounts } from './accounts.ts'

/** A session. Deleting it ends its tokens: the access token asks for the row, the refresh tokens go with it. */
export const sessions = resource('plinth_sessions', {
  path: 'auth/sessions',
  description: 'A device that is signed in. Deleting it signs the device out.',
  fields: {
    account: ref(accounts, { readonly: true, onDelete: 'cascade' }),
    device: text({ readonly: true, max: 200, description: 'What the device said of itself when it signed in.' }),
    address: text({ readonly: true, max: 64, description: 'The network address it signed in from.' }),
    /** When the person last proved who they are: what step-up asks. */
    provedAt: timestamp({ readonly: true }),
    methods: text({ readonly: true, max: 100, description: 'How: RFC 8176 names, by spaces.' }),
    usedAt: timestamp({
      readonly: true,
      description: 'When it was last refreshed, or used by a browser, to about a minute.',
    }),
    endsAt: timestamp({ readonly: true, description: 'When it ends, however much it is used.' }),
    /** Of a browser's session: the hash of what its cookie holds. It has no tokens. */
    cookieHash: text({ private: true, optional: true, max: 64, unique: true }),
  },
  owner: 'account',
  index: ['endsAt', 'usedAt'],
  allow: { list: [owner], read: [owner], delete: [owner] },
  wakes: { channel: 'sessions', about: ['account'] },
})

/** A refresh token by its hash: the one that is current, and those it followed, so that their use again is seen. */
export const refreshes = resource('plinth_refreshes', {
  fields: {
    session: ref(sessions, { onDelete: 'cascade' }),
    hash: text({ private: true, max: 64, unique: true }),
    replacedAt: timestamp({ optional: true }),
    /** The successor, sealed with this token itself: who holds it may have the same one again for a while. */
    successor: text({ private: true, optional: true, max: 8_000 }),
  },
  allow: {},
  audit: false,
})
