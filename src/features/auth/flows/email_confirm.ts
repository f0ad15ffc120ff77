// POST /auth/email/confirm: one address agrees to a move; the second ends it. /auth/email/stop: the old one refuses.
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { boolean, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, moves, proofs } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { readSecret } from '../token/secret.ts'
import { endSessions } from '../steps/end_sessions.ts'
import { headOf } from '../steps/letter_head.ts'
import { lockIfThere } from '../steps/lock_if_there.ts'
import { sendLetter } from '../steps/proof.ts'
import { badProof } from '../steps/refused.ts'

type Account = Row<typeof accounts>
type Move = Row<typeof moves>
type Side = 'old' | 'new'

export const emailConfirm = houseAction(accounts, 'email/confirm', {
  description: 'Agrees to a new address by the code of a letter, once. When both addresses agreed, it is changed.',
  allow: [{ rule: 'anyone' }],
  input: { token: text({ max: 200 }) },
  output: { changed: boolean({ description: 'Is it changed; false while the other address is to agree.' }) },
  issuesCredentials: true,
  async run({ input, tx, work }) {
    const found = await lockedMove(tx, input.token)
    if (found === undefined) return badProof()
    const { account, side } = found
    const move = await tx.update(
      moves,
      found.move.id,
      side === 'old' ? { oldAgreedAt: tx.now } : { newAgreedAt: tx.now },
    )
    if (move.oldAgreedAt === null || move.newAgreedAt === null) return { changed: false }
    return (await finish(tx, work, account, move)) ? { changed: true } : badProof()
  },
})

export const emailStop = houseAction(accounts, 'email/stop', {
  description: 'Refuses a new address by the code that the old one got, and ends every session: somebody asked for it.',
  allow: [{ rule: 'anyone' }],
  input: { token: text({ max: 200 }) },
  output: 'nothing',
  issuesCredentials: true,
  async run({ input, tx, work }) {
    const found = await lockedMove(tx, input.token)
    if (found?.side !== 'old') return badProof()
    const { account, move } = found
    await tx.delete(moves, move.id)
    await endSessions(tx, account)
    await sendLetter(work, account, securityLetter(headOf(work.house), 'moveStopped', work.now))
    return undefined
  },
})

interface Found {
  readonly move: Move
  readonly account: Account
  readonly side: Side
}

/** The move that a code is for, under its account's row; undefined for a code that is not good, or was used. */
async function lockedMove(tx: Tx, presented: string): Promise<Found | undefined> {
  const [oldHash, newHash] = [readSecret('moveFrom', presented), readSecret('moveTo', presented)]
  const find = async (): Promise<Move | undefined> => {
    const byOld = oldHash === undefined ? [] : await tx.find(moves, { oldHash })
    const byNew = newHash === undefined ? [] : await tx.find(moves, { newHash })
    return [...byOld, ...byNew][0]
  }
  const seen = await find()
  const account = seen && (await lockIfThere(tx, accounts, seen.account))
  // Read again under the lock: the other address may have agreed meanwhile, or another move have begun.
  const move = account && (await find())
  if (move === undefined || account === undefined) return undefined
  const side = oldHash === undefined ? 'new' : 'old'
  const used = side === 'old' ? move.oldAgreedAt : move.newAgreedAt
  return used === null && move.endsAt > tx.now && account.state === 'active' ? { move, account, side } : undefined
}

/** Gives the account its address. False where somebody has come to have it since. */
async function finish(tx: Tx, work: Work, account: Account, move: Move): Promise<boolean> {
  await tx.delete(moves, move.id)
  const changed = await take(tx, account, move.email)
  if (changed === undefined) return false
  for (const { id } of await tx.find(proofs, { account: account.id }, { limit: 1_000 })) await tx.delete(proofs, id)
  await endSessions(tx, account, move.session)
  const letter = securityLetter(headOf(work.house), 'addressChanged', work.now)
  for (const told of [account, changed]) await sendLetter(work, told, letter)
  return true
}

async function take(tx: Tx, account: Account, email: string): Promise<Account | undefined> {
  const [seen] = await tx.find(accounts, { email })
  const holder = seen && (await lockIfThere(tx, accounts, seen.id))
  if (holder?.verifiedAt) return undefined
  // Begun by somebody who never showed that the address is theirs; now somebody has.
  if (holder !== undefined) await tx.delete(accounts, holder.id)
  try {
    return await tx.attempt(() => tx.update(accounts, account.id, { email }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return undefined
    throw error
  }
}
