// Organizations: made, joined by letter, looked after by their members; and which of them a request is for.
import type { Feature } from '../../call/feature.ts'
import { accept } from './accept.ts'
import { create, list } from './create.ts'
import { eraseAccount, eraseMe } from './erase.ts'
import { hasOwners } from './owners.ts'
import { invite } from './invite.ts'
import { leave, remove, setRole } from './places.ts'
import { offer, setService } from './services.ts'

export { createTenancy, tenantHeader, type Tenancy } from './tenancy.ts'

export const organizations: Feature = {
  name: 'organizations',
  parts: { create, list, invite, accept, setRole, remove, leave, offer, setService, hasOwners, eraseMe, eraseAccount },
}
