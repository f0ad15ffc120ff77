// POST /auth/register: the same answer for every address; whoever has it learns by mail what happened.
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, json, type Json, text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts } from '../../accounts/index.ts'
import { knownLetter } from '../letters.ts'
import { claim, markOf } from '../steps/claims.ts'
import { headOf } from '../steps/letter_head.ts'
import { hashNew, type SetPassword } from '../steps/passwords_set.ts'
import { checkProfile } from '../steps/profile.ts'
import { sendLetter, sendProof } from '../steps/proof.ts'
import { quietly } from '../steps/quietly.ts'

interface Wanted {
  readonly email: string
  readonly profile: Json | null
  readonly set: SetPassword
  /** What is kept of the password where the address is taken. */
  readonly mark: string
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
  async run({ house, input, prepared: set, work }) {
    const { email: address, profile } = input
    await begin.promise(work, { email: address, profile, set, mark: markOf(house, input) })
  },
})

const begin = quietly('auth.register', async (tx: Tx, work: Work, wanted: Wanted) => {
  const known = await ofAddress(tx, wanted.email)
  const made = known === undefined ? await create(tx, wanted) : undefined
  if (made !== undefined) return sendProof(tx, work, made, 'verify')
  // Of two at once for one address the second finds the first's account, and says no more.
  const taken = known ?? (await ofAddress(tx, wanted.email))
  if (taken !== undefined) await claim(tx, taken.id, wanted.mark)
  if (known?.verifiedAt) await sendLetter(work, known, knownLetter(headOf(work.house)))
  else if (known !== undefined) await sendProof(tx, work, known, 'verify')
})

export const { job: registerJob } = begin

const ofAddress = async (tx: Tx, address: string) => (await tx.find(accounts, { email: address }))[0]

/** Undefined where another has made it meanwhile. */
async function create(tx: Tx, { email: address, profile, set }: Wanted) {
  try {
    return await tx.attempt(() => tx.create(accounts, { email: address, profile, ...set }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return undefined
    throw error
  }
}
