// POST /auth/verify: the address is shown to be the person's, and the account begins. /auth/verify/send: once more.
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts } from '../../accounts/index.ts'
import { makeProfile } from '../steps/profile.ts'
import { sendProof, takeProof } from '../steps/proof.ts'
import { quietly } from '../steps/quietly.ts'
import { badProof } from '../steps/refused.ts'

export const verify = houseAction(accounts, 'verify', {
  description: 'Confirms the address of an account by the code that was sent to it. It works once.',
  allow: [{ rule: 'anyone' }],
  input: { token: text({ max: 200 }) },
  output: 'nothing',
  issuesCredentials: true,
  async run({ input, tx, work, now }) {
    const account = await takeProof(tx, 'verify', input.token)
    if (account === undefined) return badProof()
    await makeProfile(tx, work, account.id, account.profile)
    await tx.update(accounts, account.id, { verifiedAt: account.verifiedAt ?? now, profile: null })
    return undefined
  },
})

export const verifySend = houseAction(accounts, 'verify/send', {
  description:
    'Sends the code again, where there is an account that waits for it. The answer is the same for every address.',
  allow: [{ rule: 'anyone' }],
  input: { email: email() },
  output: 'nothing',
  status: 202,
  issuesCredentials: true,
  async run({ input, work }) {
    await again.promise(work, { email: input.email })
  },
})

const again = quietly('auth.verify.send', async (tx: Tx, work: Work, asked: { readonly email: string }) => {
  const [account] = await tx.find(accounts, { email: asked.email })
  if (account !== undefined && account.verifiedAt === null) await sendProof(tx, work, account, 'verify')
})

export const { job: verifySendJob } = again
