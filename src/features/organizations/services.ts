// Service accounts in organizations: an administrator of the app offers one, an organization takes it in with a role.
import { isId } from '../../base/id.ts'
import { organizationLimits } from '../../base/identity_limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import { houseRowAction } from '../../call/house_action.ts'
import { ref, text } from '../../define/index.ts'
import type { Id } from '../../define/infer.ts'
import type { Tx } from '../../define/tx.ts'
import { administrators, organizations, serviceAccounts, serviceMembers } from '../accounts/index.ts'
import { checkRole, mayManage, placeOf } from './owners.ts'

type OrganizationId = Id<(typeof organizations)['name']>

/**
 * Both sides must want it. A program that any organization could take in would act for none as soon as it is in two, so
 * a stranger could stop it; one that an administrator could put anywhere would read every organization's rows.
 */
export const offer = houseRowAction(serviceAccounts, 'offer', {
  description: 'Offers it to an organization. It acts there once who looks after that gives it a role.',
  allow: [administrators],
  input: { organization: text({ min: 1, max: 36, description: 'The id of the organization.' }) },
  output: 'nothing',
  async run({ row, input, tx }) {
    // The administrator need not be in it, so it is no reference that they could see.
    const organization: OrganizationId = input.organization
    const [there] = isId(organization) ? await tx.find(organizations, { id: organization }) : []
    if (there === undefined) throw noOrganization()
    const service = await tx.lock(serviceAccounts, row.id) // of many at once each counts those before
    const places = await tx.find(
      serviceMembers,
      { serviceAccount: service.id },
      { limit: organizationLimits.perAccount },
    )
    if (places.some((one) => one.organization === organization)) return
    if (places.length >= organizationLimits.perAccount)
      throw new Problem('conflict', `It is in no more than ${organizationLimits.perAccount} organizations.`)
    await tx.create(serviceMembers, { organization, serviceAccount: service.id, name: service.name })
  },
})

const noOrganization = (): Problem =>
  new Problem('invalid', 'There is no such organization.', {
    errors: [{ pointer: '/organization', code: 'bad_reference', message: 'There is no such organization.' }],
  })

export const setService = houseRowAction(organizations, 'set-service', {
  description: 'Gives a program that was offered, or is in it, this role: owners any, admins any but that of an owner.',
  allow: [{ rule: 'signedIn' }],
  input: {
    service: ref(serviceMembers, { description: 'One of the list of its services.' }),
    role: text({ min: 1, max: 41 }),
  },
  output: 'nothing',
  async run({ house, caller, input: { service, role }, row, tx }) {
    checkRole(house, role)
    const own = await placeOf(tx, row.id, caller)
    const other = await serviceOf(tx, row.id, service)
    mayManage(own, [role, ...(other.role === null ? [] : [other.role])])
    if (other.role !== role) await tx.update(serviceMembers, other.id, { role })
  },
})

/** The program, of this organization. Fails with not_found. */
async function serviceOf(tx: Tx, organization: OrganizationId, id: Id<(typeof serviceMembers)['name']>) {
  const [found] = await tx.find(serviceMembers, { id, organization })
  if (found === undefined) throw new Problem('not_found', 'There is no such service.')
  return found
}
