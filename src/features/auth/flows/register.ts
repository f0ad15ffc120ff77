// POST /auth/register: the same answer for every address; whoever has it learns by mail what happened.
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, json, type Json, text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts } from '../../accounts/index.ts'
import { knownLetter } from '../letters.ts'
import { headOf } from '../steps/letter_head.ts'
import { hashNew, type SetPassword } from '../steps/passwords_set.ts'
import { checkProfile } from '../steps/profile.ts'
import { sendLetter, sendProof } from '../steps/proof.ts'
import { quietly } from '../steps/quietly.ts'

interface Wanted {
  readonly email: string
  readonly profile: Json | null
  readonly set: SetPassword
}

export const register = houseAction(accounts, 'register', {
  description:
    'Begins an account: a letter to the address says how it goes on. The answer is the same for every address.',
  allow: [{ rule: 'anyone' }],
  input: {
    email: email(),
    password: text({ max: 8_192, example: 'four words that come to mind' }),
    profile: json({ optional: true, maxBytes: 32_768, description: "Fields of the app's own account resource." }),
  },
  output: 'nothing',
  status: 202,
  issuesCredentials: true,
  // Judged and hashed whether the address is known or not: it costs the same, and says the same.
  async prepare({ house, input }) {
    checkProfile(house, input.profile)
    const { email: address, password } = input
    return hashNew(house, { password, pointer: '/password', address, secondFactor: false })
  },
  async run({ input: { email: address, profile }, prepared: set, work }) {
    await begin.promise(work, { email: address, profile, set })
  },
})

const begin = quietly('auth.register', async (tx: Tx, work: Work, wanted: Wanted) => {
  const [known] = await tx.find(accounts, { email: wanted.email })
  if (known?.verifiedAt) await sendLetter(work, known, knownLetter(headOf(work.house)))
  else if (known !== undefined) await sendProof(tx, work, known, 'verify')
  else {
    const made = await create(tx, wanted)
    if (made !== undefined) await sendProof(tx, work, made, 'verify')
  }
})

export const { job: registerJob } = begin

// Two at once for one address: the second is the twin of the first, and says as little.
async function create(tx: Tx, { email: address, profile, set }: Wanted) {
  try {
    return await tx.attempt(() => tx.create(accounts, { email: address, profile, ...set }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return undefined
    throw error
  }
}
