// Who works together: organizations, who is in them and as what, and who was asked to come.
import {
  all,
  any,
  email,
  exists,
  not,
  owner,
  type Predicate,
  ref,
  resource,
  text,
  timestamp,
} from '../../define/index.ts'
import type { Id } from '../../define/infer.ts'
import type { CallerSymbols, Column } from '../../define/predicate.ts'
import { organizationNoun } from '../../define/tenant.ts'
import { accounts } from './accounts.ts'
import { serviceAccounts } from './api_keys.ts'

/** Roles that every organization has; others are those that the app's rules name by `member('…')`. */
export const houseRoles = Object.freeze({ owner: 'owner', admin: 'admin', member: 'member' })
/** Those who look after it. */
const managing: readonly string[] = [houseRoles.owner, houseRoles.admin]

/** An organization: what has it as its tenant is seen by its members alone. */
export const organizations = resource(organizationNoun, {
  path: 'auth/organizations',
  description: 'People who work together. Rows that belong to it are seen by its members alone.',
  fields: { name: text({ min: 1, max: 120 }) },
  allow: {
    read: [
      ({ row, me }): Predicate => exists(members, (own) => all(own.organization.is(row.id), own.account.is(me.id))),
    ],
    update: [
      ({ row, me }): Predicate =>
        exists(members, (own) => all(own.organization.is(row.id), own.account.is(me.id), own.role.in(managing))),
    ],
    // Only where nothing belongs to it any more; its members and invitations go with it.
    delete: [
      ({ row, me }): Predicate =>
        exists(members, (own) =>
          all(own.organization.is(row.id), own.account.is(me.id), own.role.is(houseRoles.owner)),
        ),
    ],
  },
})

/** Somebody in an organization. What a process remembers of it, it forgets when one is written. */
export const members = resource('plinth_members', {
  path: 'auth/organizations/members',
  description: 'Somebody in an organization, and the role they have in it.',
  fields: {
    organization: ref(organizations, { readonly: true, onDelete: 'cascade', inverse: 'members' }),
    /** Whoever is in an organization leaves it first: it might be the last owner who goes. */
    account: ref(accounts, { readonly: true }),
    email: email({ readonly: true, description: 'The address they had when they came.' }),
    role: text({ readonly: true, min: 1, max: 41, description: '`owner`, `admin`, `member`, or a role of the app.' }),
  },
  owner: 'account',
  unique: [['organization', 'account']],
  index: [['organization', 'role']],
  allow: {
    list: [
      owner,
      ({ row, me }): Predicate =>
        exists(others, (own) => all(own.organization.is(row.organization), own.account.is(me.id))),
    ],
    read: [
      owner,
      ({ row, me }): Predicate =>
        exists(others, (own) => all(own.organization.is(row.organization), own.account.is(me.id))),
    ],
  },
  wakes: { channel: 'sessions', about: ['account'] },
})
// The rule asks its own noun, whose type is not known before it.
const others: {
  readonly type: 'resource'
  readonly name: 'plinth_members'
  readonly fields: (typeof members)['fields']
} = members

/** A service account in an organization: offered by an administrator of the app, and taken in by who looks after it. */
export const serviceMembers = resource('plinth_service_members', {
  path: 'auth/organizations/services',
  description: 'A program that an organization was offered; with a role it acts in it. Deleting it takes it out.',
  fields: {
    organization: ref(organizations, { readonly: true, onDelete: 'cascade', inverse: 'services' }),
    serviceAccount: ref(serviceAccounts, { readonly: true, onDelete: 'cascade' }),
    name: text({ readonly: true, max: 80, description: 'What it was called when it was offered.' }),
    role: text({ readonly: true, optional: true, min: 1, max: 41, description: 'Null while it was only offered.' }),
  },
  unique: [['organization', 'serviceAccount']],
  index: ['serviceAccount'],
  allow: {
    list: [isMember],
    read: [isMember],
    // What is an owner's, only an owner takes out, as it is with people.
    delete: [
      ({ row, me }): Predicate =>
        exists(members, (own) =>
          all(
            own.organization.is(row.organization),
            own.account.is(me.id),
            any(
              own.role.is(houseRoles.owner),
              all(own.role.is(houseRoles.admin), any(row.role.isNull, not(row.role.is(houseRoles.owner)))),
            ),
          ),
        ),
    ],
  },
  wakes: { channel: 'sessions', about: ['serviceAccount'] },
})

type OfOrganization = { row: { organization: Column<Id<typeof organizationNoun>> }; me: CallerSymbols }

function isMember({ row, me }: OfOrganization): Predicate {
  return exists(members, (own) => all(own.organization.is(row.organization), own.account.is(me.id)))
}

/** Somebody who was asked to come by letter. The newest letter to an address is the one that works. */
export const memberInvitations = resource('plinth_member_invitations', {
  path: 'auth/organizations/invitations',
  description: 'Somebody who was asked into an organization and has not come yet. Deleting it takes it back.',
  fields: {
    organization: ref(organizations, { readonly: true, onDelete: 'cascade', inverse: 'invitations' }),
    email: email({ readonly: true }),
    role: text({ readonly: true, min: 1, max: 41, description: 'The role they will have.' }),
    invitedBy: ref(accounts, { readonly: true, optional: true, onDelete: 'clear' }),
    hash: text({ private: true, max: 64, unique: true }),
    endsAt: timestamp({ readonly: true, description: 'When the letter does not work any more.' }),
  },
  unique: [['organization', 'email']],
  index: ['endsAt'],
  allow: { list: [manages], read: [manages], delete: [manages] },
})

function manages({ row, me }: OfOrganization): Predicate {
  return exists(members, (own) =>
    all(own.organization.is(row.organization), own.account.is(me.id), own.role.in(managing)),
  )
}
