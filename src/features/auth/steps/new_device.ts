// A sign-in from a device that was not seen before: the owner hears of it, and can end it if it was not them.
import type { Work } from '../../../call/work.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, sessions } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { headOf } from './letter_head.ts'
import { letterLimit, sendLetter } from './proof.ts'
import { takeTry } from './tries.ts'

/** Of an account's sessions so many are looked at, the newest. */
const looked = 100

/** Writes to the owner where none of the account's sessions is of such a device; never for the first of all. */
export async function tellNewDevice(
  tx: Tx,
  work: Work,
  { account, device }: Pick<Row<typeof sessions>, 'account' | 'device'>,
): Promise<void> {
  const known = await tx.find(sessions, { account }, { sort: '-id', limit: looked })
  if (known.length === 0 || known.some((one) => kindOf(one.device) === kindOf(device))) return
  if ((await takeTry(tx, work.house, `letter device ${account}`, letterLimit)) !== undefined) return
  const owner = await tx.get(accounts, account)
  await sendLetter(work, owner, securityLetter(headOf(work.house), 'newDevice', work.now))
}

/** What stays of a device's name when its programs are brought up to date: nobody is to be alarmed by that. */
const kindOf = (device: string): string => device.replaceAll(/[\d._]+/g, '')
