// What an administrator does with an account: its roles, its end, its return, and its tries forgotten.
import { isDeepStrictEqual } from 'node:util'
import { ensure } from '../../../base/pure/problem.ts'
import { houseRowAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, administrators, adminRole, moves, proofs, rolesGiven } from '../../accounts/index.ts'
import { type SecurityEvent, securityLetter } from '../letters.ts'
import { endSessions } from '../steps/end_sessions.ts'
import { forgetFactorTries } from '../steps/factor_tries.ts'
import { headOf } from '../steps/letter_head.ts'
import { triedAt } from './login.ts'
import { sendLetter } from '../steps/proof.ts'
import { forgetTriesAt } from '../steps/tries.ts'

type Account = Row<typeof accounts>

export const accountRoles = houseRowAction(accounts, 'roles', {
  allow: [administrators],
  // Two administrators who demote each other at once: each reads that the other stays, and one of them is told no.
  isolation: 'serializable',
  description: 'Gives the account these roles in the place of those it has, from its next request on.',
  input: { roles: rolesGiven },
  async run({ row, input, tx, work }) {
    const { roles } = input
    if (isDeepStrictEqual(roles, row.roles)) return row
    if (!roles.includes(adminRole)) await staysManaged(tx, row)
    const changed = await tx.update(accounts, row.id, { roles })
    await tell(work, changed, 'rolesChanged')
    return changed
  },
})

export const accountDeactivate = houseRowAction(accounts, 'deactivate', {
  allow: [administrators],
  isolation: 'serializable',
  description: 'Ends every session of the account, and what it got by mail; nobody signs in to it until it is back.',
  async run({ row, tx, work }) {
    if (row.state === 'deactivated') return row
    await staysManaged(tx, row)
    await endSessions(tx, row)
    for (const { id } of await tx.find(moves, { account: row.id })) await tx.delete(moves, id)
    for (const { id } of await tx.find(proofs, { account: row.id }, { limit: 1_000 })) await tx.delete(proofs, id)
    const changed = await tx.update(accounts, row.id, { state: 'deactivated' })
    await tell(work, changed, 'deactivated')
    return changed
  },
})

export const accountReactivate = houseRowAction(accounts, 'reactivate', {
  allow: [administrators],
  description: 'Lets the account be signed in to again, with the password and the roles it had.',
  async run({ row, tx, work }) {
    if (row.state === 'active') return row
    const changed = await tx.update(accounts, row.id, { state: 'active' })
    await tell(work, changed, 'reactivated')
    return changed
  },
})

export const accountUnlock = houseRowAction(accounts, 'unlock', {
  allow: [administrators],
  description: 'Forgets the wrong passwords and codes of the account, from whichever network, so that it may be tried.',
  async run({ row, tx, work, house }) {
    await forgetTriesAt(tx, house, triedAt(row.email))
    await forgetFactorTries(tx, house, row)
    const changed = await tx.update(accounts, row.id, { failures: 0 })
    await tell(work, changed, 'unlocked')
    return changed
  },
})

const tell = (work: Work, account: Account, event: SecurityEvent): Promise<string> =>
  sendLetter(work, account, securityLetter(headOf(work.house), event, work.now))

/** Fails with conflict where the account is the last that looks after the installation. */
async function staysManaged(tx: Tx, { id, roles, state }: Account): Promise<void> {
  if (state !== 'active' || !roles.includes(adminRole)) return
  const db = tx.sql({ accounts })
  // A list of names lies in its column as one text with spaces between, and has no type there.
  const held = db.dynamic.ref<never>('roles')
  const found = [adminRole, `${adminRole} %`, `% ${adminRole}`, `% ${adminRole} %`]
  const others = await db
    .selectFrom('accounts')
    .select('id')
    .where('state', '=', 'active')
    .where('verifiedAt', 'is not', null)
    .where('id', '!=', id)
    .where((eb) => eb.or(found.map((pattern) => eb(held, 'like', pattern))))
    .limit(1)
    .execute()
  ensure(others.length > 0, 'conflict', 'This is the last administrator; make another one first.')
}
