// An account on its way to another address: both addresses must agree before anything changes.
import { email, ref, resource, text, timestamp } from '../../define/index.ts'
import { accounts } from './accounts.ts'

/** The one move that an account waits for. Its secrets are kept as hashes; each is used up where its time stands. */
export const moves = resource('plinth_moves', {
  fields: {
    account: ref(accounts, { onDelete: 'cascade', unique: true }),
    email: email(),
    /** The session that asked: it is the one that stays. */
    session: text({ private: true, max: 36 }),
    oldHash: text({ private: true, max: 64, unique: true }),
    newHash: text({ private: true, max: 64, unique: true }),
    oldAgreedAt: timestamp({ optional: true }),
    newAgreedAt: timestamp({ optional: true }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})
