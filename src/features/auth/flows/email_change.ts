// POST /auth/email/change: an account is to have another address. The same answer whether somebody has that or not.
import { proofLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { fold } from '../../../base/pure/text.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, moves } from '../../accounts/index.ts'
import { promiseMail } from '../../mail/index.ts'
import { lockedCaller, type Proved, provedCaller } from '../factors/step_up.ts'
import { knownLetter, movedLetter, moveLetter } from '../letters.ts'
import { createSecret } from '../token/secret.ts'
import { countFailure, forgive } from '../steps/factor_tries.ts'
import { headOf } from '../steps/letter_head.ts'
import { admitTry, isProof, judgePassword } from '../steps/password_proof.ts'
import { letterLimit } from '../steps/proof.ts'
import { takeTry } from '../steps/tries.ts'

export const emailChange = houseAction(accounts, 'email/change', {
  description:
    'Begins a move to another address: a letter goes to both, and nothing changes before both agreed, within half an ' +
    'hour. It takes a proof of the last five minutes, or the password where there is no second factor.',
  allow: [{ rule: 'signedIn' }],
  input: { email: email(), password: text({ max: 8_192, optional: true }) },
  output: 'nothing',
  status: 202,
  issuesCredentials: true,
  async prepare({ house, caller, origin, input }) {
    if (input.password === null) return undefined
    return judgePassword(house, await admitTry(house, { caller, origin }, 'password'), input.password)
  },
  async run({ house, caller, input, prepared: judged, tx, work }) {
    const proved = input.password === null ? await provedCaller(tx, caller) : await lockedCaller(tx, caller)
    const { account } = proved
    if (input.password !== null) {
      if (!(await isProof(tx, account, judged))) return countFailure(tx, work, account)
      await forgive(tx, house, account, 'password')
    }
    if (fold(input.email) === fold(account.email)) return isTheSame()
    return begin(tx, work, proved, input.email)
  },
})

const isTheSame = (): Problem =>
  new Problem('invalid', 'This is the address of the account.', {
    errors: [{ pointer: '/email', code: 'bad_check', message: 'Is the address of the account already.' }],
  })

type Asking = Pick<Proved, 'account' | 'session'>

/** Makes the move and writes to both. What it does for an address that is taken differs in one letter's words. */
async function begin(tx: Tx, work: Work, { account, session }: Asking, address: string): Promise<Problem | undefined> {
  const { house, now } = work
  const tooMany = await takeTry(tx, house, `letter move ${account.id}`, letterLimit)
  if (tooMany !== undefined) return tooMany
  // Of this one nothing is told: how often others wrote to somebody is not the caller's to know.
  if ((await takeTry(tx, house, `letter move to ${fold(address)}`, letterLimit)) !== undefined) return undefined
  const [from, to] = [createSecret('moveFrom', house.random), createSecret('moveTo', house.random)]
  for (const { id } of await tx.find(moves, { account: account.id })) await tx.delete(moves, id)
  await tx.create(moves, {
    account: account.id,
    email: address,
    session: session.id,
    oldHash: from.hash,
    newHash: to.hash,
    endsAt: new Date(now.getTime() + proofLimits.moveMs),
  })
  const [holder] = await tx.find(accounts, { email: address })
  const head = headOf(house)
  const minutes = proofLimits.moveMs / 60_000
  // Whoever has not shown that the address is theirs does not have it.
  const letter = holder?.verifiedAt ? knownLetter(head) : moveLetter(head, { secret: to.text, minutes })
  await promiseMail(work, account.email, movedLetter(head, { secret: from.text, minutes }))
  await promiseMail(work, address, letter)
  return undefined
}
