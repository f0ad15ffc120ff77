// A new password: /auth/password/forgot and /reset for who lost the old one, /change for who has it.
import { Problem } from '../../../base/pure/problem.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, moves, proofs } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { authOf } from '../service.ts'
import { rowOf } from '../../../call/look_up.ts'
import { readSecret } from '../token/secret.ts'
import { endSessions } from '../steps/end_sessions.ts'
import { headOf } from '../steps/letter_head.ts'
import { hashNew, type NewPassword, type SetPassword, tooShortNow } from '../steps/passwords_set.ts'
import { sendLetter, sendProof, takeProof } from '../steps/proof.ts'
import { quietly } from '../steps/quietly.ts'
import { badProof } from '../steps/refused.ts'
import { transact } from '../../../call/transact.ts'
import { noOne } from '../../../call/caller.ts'

type Account = Row<typeof accounts>

export const forgot = houseAction(accounts, 'password/forgot', {
  description: 'Sends a link to choose a new password, where there is such an account. The answer is always the same.',
  allow: [{ rule: 'anyone' }],
  input: { email: email() },
  output: 'nothing',
  status: 202,
  issuesCredentials: true,
  async run({ input, work }) {
    await remind.promise(work, { email: input.email })
  },
})

const remind = quietly('auth.password.forgot', async (tx: Tx, work: Work, asked: { readonly email: string }) => {
  const [account] = await tx.find(accounts, { email: asked.email })
  if (account === undefined || account.state !== 'active') return
  await sendProof(tx, work, account, account.verifiedAt === null ? 'verify' : 'reset')
})

export const { job: forgotJob } = remind

export const reset = houseAction(accounts, 'password/reset', {
  description: 'Sets a new password by the code of the letter, once, and ends every session. It does not sign in.',
  allow: [{ rule: 'anyone' }],
  input: { token: text({ max: 200 }), password: text({ max: 8_192 }) },
  output: 'nothing',
  issuesCredentials: true,
  async prepare({ house, input, origin }) {
    const behind = await behindProof(house, input.token, origin)
    // Nothing is hashed for a code that is none: guessing codes would be a way to keep the processors busy.
    if (behind === undefined) throw badProof()
    return hashNew(house, { password: input.password, pointer: '/password', ...behind })
  },
  async run({ input, prepared: set, tx, work }) {
    const account = await takeProof(tx, 'reset', input.token)
    if (account === undefined) return badProof()
    if (set.passwordShort && !(await factorsOf(tx, account)).isOn) throw tooShortNow()
    await setPassword(tx, work, account, set)
    return undefined
  },
})

export const change = houseAction(accounts, 'password/change', {
  description: 'Sets a new password, for who knows the old one, and ends every other session.',
  allow: [{ rule: 'signedIn' }],
  input: { current: text({ max: 8_192 }), password: text({ max: 8_192 }) },
  output: 'nothing',
  issuesCredentials: true,
  async prepare({ house, input, caller, origin }) {
    const account = await rowOf(house, accounts, caller.id ?? '')
    const { matches } = await authOf(house).passwords.verify(account?.passwordHash, input.current)
    if (account === undefined || !matches) throw wrongCurrent()
    const known = await knownOf(house, account, origin)
    const set = await hashNew(house, { password: input.password, pointer: '/password', ...known })
    return { stored: account.passwordHash, set }
  },
  async run({ caller, prepared, tx, work }) {
    const [found] = await tx.find(accounts, { id: caller.id ?? '' })
    const account = found && (await tx.lock(accounts, found.id))
    if (account === undefined || account.passwordHash !== prepared.stored) return wrongCurrent()
    if (prepared.set.passwordShort && !(await factorsOf(tx, account)).isOn) throw tooShortNow()
    await setPassword(tx, work, account, { ...prepared.set, staying: caller.session })
    return undefined
  },
})

const wrongCurrent = (): Problem =>
  new Problem('invalid', 'The current password is not right.', {
    errors: [{ pointer: '/current', code: 'bad_check', message: 'Is not the current password.' }],
  })

interface Setting extends SetPassword {
  /** The session that does not end. */
  readonly staying?: string | undefined
}

/** Factors stay as they are, and are asked for again on every device: a mailbox is no way around them. */
async function setPassword(tx: Tx, work: Work, account: Account, { staying, ...set }: Setting): Promise<void> {
  await tx.update(accounts, account.id, { ...set, failures: 0 })
  // Who asked for another address may be who the new password is to keep out.
  for (const { id } of await tx.find(moves, { account: account.id })) await tx.delete(moves, id)
  await endSessions(tx, account, staying)
  await sendLetter(work, account, securityLetter(headOf(work.house), 'passwordChanged', work.now))
}

type Known = Pick<NewPassword, 'address' | 'secondFactor'>

/** Of whom the code may set the password; undefined for one that is not good. */
async function behindProof(house: House, token: string, origin: Origin): Promise<Known | undefined> {
  const hash = readSecret('reset', token)
  if (hash === undefined) return undefined
  return transact(house, deedOf(origin), { isolation: 'locked' }, async (tx) => {
    const [proof] = await tx.find(proofs, { hash, kind: 'reset' })
    if (proof === undefined || proof.endsAt <= tx.now) return undefined
    const account = await tx.get(accounts, proof.account)
    return { address: account.email, secondFactor: (await factorsOf(tx, account)).isOn }
  })
}

function knownOf(house: House, account: Account, origin: Origin): Promise<Known> {
  return transact(house, deedOf(origin), { isolation: 'locked' }, async (tx) => ({
    address: account.email,
    secondFactor: (await factorsOf(tx, account)).isOn,
  }))
}

const deedOf = (origin: Origin) => ({ operation: 'auth.password', caller: noOne, origin })
