// A new password: /auth/password/forgot and /reset for who lost the old one, /change for who has it.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import { houseAction } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { email, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, proofs, sessions } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { authOf } from '../service.ts'
import { rowOf } from '../session_memory.ts'
import { readSecret } from '../token/secret.ts'
import { headOf } from './letter_head.ts'
import { hashNew } from './passwords_set.ts'
import { sendLetter, sendProof, takeProof } from './proof.ts'
import { badProof } from './refused.ts'
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
  async run({ input, tx, work }) {
    const [account] = await tx.find(accounts, { email: input.email })
    if (account === undefined || account.state !== 'active') return
    await sendProof(tx, work, account, account.verifiedAt === null ? 'verify' : 'reset')
  },
})

export const reset = houseAction(accounts, 'password/reset', {
  description: 'Sets a new password by the code of the letter, once, and ends every session. It does not sign in.',
  allow: [{ rule: 'anyone' }],
  input: { token: text({ max: 200 }), password: text({ max: 8_192 }) },
  output: 'nothing',
  issuesCredentials: true,
  async prepare({ house, input, origin }) {
    const address = await addressBehind(house, input.token, origin)
    // Nothing is hashed for a code that is none: guessing codes would be a way to keep the processors busy.
    if (address === undefined) throw badProof()
    return hashNew(house, { password: input.password, pointer: '/password', address })
  },
  async run({ input, prepared: passwordHash, tx, work }) {
    const account = await takeProof(tx, 'reset', input.token)
    if (account === undefined) return badProof()
    await setPassword(tx, work, account, passwordHash, undefined)
    return undefined
  },
})

export const change = houseAction(accounts, 'password/change', {
  description: 'Sets a new password, for who knows the old one, and ends every other session.',
  allow: [{ rule: 'signedIn' }],
  input: { current: text({ max: 8_192 }), password: text({ max: 8_192 }) },
  output: 'nothing',
  issuesCredentials: true,
  async prepare({ house, input, caller }) {
    const account = await rowOf(house, accounts, caller.id ?? '')
    const { matches } = await authOf(house).passwords.verify(account?.passwordHash, input.current)
    if (account === undefined || !matches) throw wrongCurrent()
    const password = { password: input.password, pointer: '/password', address: account.email }
    return { stored: account.passwordHash, made: await hashNew(house, password) }
  },
  async run({ caller, prepared, tx, work }) {
    const [found] = await tx.find(accounts, { id: caller.id ?? '' })
    const account = found && (await tx.lock(accounts, found.id))
    if (account === undefined || account.passwordHash !== prepared.stored) return wrongCurrent()
    await setPassword(tx, work, account, prepared.made, caller.session)
    return undefined
  },
})

const wrongCurrent = (): Problem =>
  new Problem('invalid', 'The current password is not right.', {
    errors: [{ pointer: '/current', code: 'bad_check', message: 'Is not the current password.' }],
  })

async function setPassword(
  tx: Tx,
  work: Work,
  account: Account,
  passwordHash: string,
  staying: string | undefined,
): Promise<void> {
  await tx.update(accounts, account.id, { passwordHash, failures: 0 })
  for (const { id } of await tx.find(sessions, { account: account.id }, { limit: 1_000 })) {
    if (id !== staying) await tx.delete(sessions, id)
  }
  await sendLetter(work, account, securityLetter(headOf(work.house), 'passwordChanged', work.now))
}

/** The address whose password the code may set; undefined for one that is not good. */
function addressBehind(house: House, token: string, origin: Work['deed']['origin']): Promise<string | undefined> {
  const hash = readSecret('reset', token)
  if (hash === undefined) return Promise.resolve(undefined)
  const deed = { operation: 'auth.password.reset', caller: noOne, origin }
  return transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const [proof] = await tx.find(proofs, { hash, kind: 'reset' })
    return proof === undefined || proof.endsAt <= tx.now ? undefined : (await tx.get(accounts, proof.account)).email
  })
}
