// Who was asked to join, and has not yet: an address, and the roles that wait for it.
import { email, resource, text, timestamp } from '../../define/index.ts'
import { administrators, rolesKept } from './roles.ts'

/** An invitation. Deleting it revokes it; accepting it takes it away. */
export const invitations = resource('plinth_invitations', {
  path: 'auth/invitations',
  description: 'Somebody who was asked to join and has not accepted yet. Deleting it revokes it.',
  fields: {
    email: email({ readonly: true, unique: true }),
    roles: rolesKept,
    invitedBy: text({ readonly: true, optional: true, max: 36, description: 'The account that sent it.' }),
    hash: text({ private: true, max: 64, unique: true }),
    endsAt: timestamp({ readonly: true, description: 'When it can be accepted no more.' }),
  },
  index: ['endsAt'],
  allow: { list: [administrators], read: [administrators], delete: [administrators] },
})
