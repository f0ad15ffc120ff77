// An end of everything that is open in an account's name: its sessions, the devices it knows, the sign-ins that wait.
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, sessions } from '../../accounts/index.ts'
import { forgetDevices } from '../factors/account_factors.ts'

/** As many as one query answers. */
const most = 1_000

/** Ends the sessions of an account, but for the one that stays. */
export async function endSessions(
  tx: Tx,
  { id: account }: Pick<Row<typeof accounts>, 'id'>,
  staying?: string,
): Promise<void> {
  await forgetDevices(tx, { id: account })
  let open = most
  // A program that signs in for each of its calls leaves more than one page of them.
  while (open === most) {
    const found = await tx.find(sessions, { account }, { limit: most })
    for (const { id } of found) if (id !== staying) await tx.delete(sessions, id)
    open = found.length
  }
}
