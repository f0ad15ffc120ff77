// What programs sign in with: keys, and the accounts of those that are nobody's.
import { owner, ref, resource, text, timestamp } from '../../define/index.ts'
import { names } from '../../define/fields/names.ts'
import { accounts } from './accounts.ts'
import { administrators, rolesKept } from './roles.ts'

/** The form of a scope; which there are is the app's to say. */
export const scopesForm = '^[a-z][a-z0-9_/:-]{0,79}$'

/** A program that is no person: it has roles and keys, and no way to sign in. Its keys go with it. */
export const serviceAccounts = resource('plinth_service_accounts', {
  path: 'auth/service-accounts',
  description: 'A program that calls by keys of its own. Deleting it revokes them.',
  fields: {
    name: text({ min: 1, max: 80, unique: true }),
    roles: rolesKept,
  },
  allow: { list: [administrators], read: [administrators], delete: [administrators] },
  wakes: { channel: 'sessions', about: ['id'] },
})

/** A key by its hash. Deleting it revokes it. */
export const apiKeys = resource('plinth_api_keys', {
  path: 'auth/keys',
  description: 'A key that a program calls with. Deleting it revokes it.',
  fields: {
    account: ref(accounts, { readonly: true, optional: true, onDelete: 'cascade' }),
    serviceAccount: ref(serviceAccounts, { readonly: true, optional: true, onDelete: 'cascade' }),
    name: text({ readonly: true, min: 1, max: 80, description: 'What its owner calls it.' }),
    hint: text({ readonly: true, max: 8, description: 'How the key begins.' }),
    hash: text({ private: true, max: 64, unique: true }),
    scopes: names({ each: scopesForm, readonly: true, description: 'What it is narrowed to, in order.' }),
    usedAt: timestamp({ readonly: true, optional: true, description: 'When it was last used, to about a minute.' }),
    endsAt: timestamp({ readonly: true, optional: true, description: 'When it is good no more.' }),
    replacedAt: timestamp({ readonly: true, optional: true, description: 'When another took its place.' }),
  },
  owner: 'account',
  index: ['endsAt', 'serviceAccount'],
  allow: { list: [owner, administrators], read: [owner, administrators], delete: [owner, administrators] },
  wakes: { channel: 'sessions', about: ['account', 'serviceAccount'] },
})
