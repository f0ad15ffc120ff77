// POST /auth/organizations/{id}/set-role, remove and leave: places change under the lock of the organization's row.
import { Problem } from '../../base/pure/problem.ts'
import { houseRowAction } from '../../call/house_action.ts'
import type { Work } from '../../call/work.ts'
import { ref, text } from '../../define/index.ts'
import type { Id } from '../../define/infer.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { headOf, memberLetter } from '../auth/index.ts'
import { accounts, members, organizations } from '../accounts/index.ts'
import { promiseMail } from '../mail/index.ts'
import { checkRole, keepOwner, mayManage, type Member, placeOf } from './owners.ts'

type Organization = Row<typeof organizations>

const input = { member: ref(members, { description: 'One of the list of its members.' }) }

export const setRole = houseRowAction(organizations, 'set-role', {
  description: 'Gives a member another role. An organization has an owner always: the last one stays it.',
  allow: [{ rule: 'signedIn' }],
  input: { ...input, role: text({ min: 1, max: 41 }) },
  output: 'nothing',
  async run({ house, caller, input: { member, role }, row, tx, work }) {
    checkRole(house, role)
    const [own, other] = [await placeOf(tx, row.id, caller), await memberOf(tx, row, member)]
    mayManage(own, [role, other.role])
    if (other.role === role) return undefined
    await keepOwner(tx, other)
    await tx.update(members, other.id, { role })
    if (other.id !== own.id) await tell(tx, work, row, other, role)
    return undefined
  },
})

export const remove = houseRowAction(organizations, 'remove', {
  description: 'Takes a member out; they see nothing of it from their next request on, and get a letter.',
  allow: [{ rule: 'signedIn' }],
  input,
  output: 'nothing',
  async run({ caller, input: { member }, row, tx, work }) {
    const [own, other] = [await placeOf(tx, row.id, caller), await memberOf(tx, row, member)]
    mayManage(own, [other.role])
    await keepOwner(tx, other)
    await tx.delete(members, other.id)
    if (other.id !== own.id) await tell(tx, work, row, other, undefined)
    return undefined
  },
})

export const leave = houseRowAction(organizations, 'leave', {
  description: 'The caller is not in it any more. The last owner makes somebody else one first.',
  allow: [{ rule: 'signedIn' }],
  output: 'nothing',
  async run({ caller, row, tx }) {
    const own = await placeOf(tx, row.id, caller)
    await keepOwner(tx, own)
    await tx.delete(members, own.id)
  },
})

/** The member, of this organization. Fails with not_found. */
async function memberOf(tx: Tx, { id }: Organization, member: Id<(typeof members)['name']>): Promise<Member> {
  const [found] = await tx.find(members, { id: member, organization: id })
  if (found === undefined) throw new Problem('not_found', 'There is no such member.')
  return found
}

/** To the address that the account has now. */
async function tell(tx: Tx, work: Work, { name }: Organization, { account }: Member, role: string | undefined) {
  const { email } = await tx.get(accounts, account)
  await promiseMail(work, email, memberLetter(headOf(work.house), { organization: name, role }))
}
