// The nouns of identity: accounts, sessions, proofs, factors. What is done with them is in `auth`.
import type { Feature } from '../../call/feature.ts'
import { accounts } from './accounts.ts'
import { apiKeys, serviceAccounts } from './api_keys.ts'
import { challenges, devices, logins, passkeys, recoveryCodes, totps } from './factors.ts'
import { invitations } from './invitations.ts'
import { moves } from './moves.ts'
import { memberInvitations, members, organizations, serviceMembers } from './organizations.ts'
import { claims, proofs, signingKeys, tries } from './proofs.ts'
import { refreshes, sessions } from './sessions.ts'

export { accounts } from './accounts.ts'
export { apiKeys, serviceAccounts } from './api_keys.ts'
export { challenges, devices, logins, passkeys, recoveryCodes, totps } from './factors.ts'
export { invitations } from './invitations.ts'
export { arrivals, identities } from './identities.ts'
export { moves } from './moves.ts'
export { houseRoles, memberInvitations, members, organizations, serviceMembers } from './organizations.ts'
export { claims, proofs, signingKeys, tries } from './proofs.ts'
export { administrators, adminRole, rolesGiven } from './roles.ts'
export { scopesForm } from './api_keys.ts'
export { refreshes, sessions } from './sessions.ts'

export const accountNouns: Feature = {
  name: 'accounts',
  parts: {
    accounts,
    serviceAccounts,
    apiKeys,
    sessions,
    refreshes,
    proofs,
    moves,
    invitations,
    tries,
    claims,
    signingKeys,
    totps,
    recoveryCodes,
    passkeys,
    challenges,
    logins,
    devices,
    organizations,
    members,
    memberInvitations,
    serviceMembers,
  },
}
