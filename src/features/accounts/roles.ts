// Roles as accounts, invitations and inputs hold them.
import { role } from '../../define/index.ts'
import { names } from '../../define/fields/names.ts'

/** The role of those who look after an installation, and the rule that lets them in. */
export const adminRole = 'admin'
export const administrators = role(adminRole)

const each = '^[a-z][a-z0-9_-]{0,40}$'

/** What a client names, and what is shown. */
export const rolesGiven = names({ each, example: ['admin', 'staff'], description: 'Names of roles.' })

/** What is kept. */
export const rolesKept = names({ each, readonly: true, default: [], description: 'Names of roles, in order.' })
