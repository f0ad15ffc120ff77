// POST /auth/invitations/accept: who was invited chooses a password and has an account, or has the roles in their own.
import { isDeepStrictEqual } from 'node:util'
import { Problem, problemKind } from '../../../base/pure/problem.ts'
import { fold } from '../../../base/pure/text.ts'
import { type Caller, noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { houseAction } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import type { Work } from '../../../call/work.ts'
import { json, type Json, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, invitations, proofs } from '../../accounts/index.ts'
import { lockedCaller } from '../factors/step_up.ts'
import { securityLetter } from '../letters.ts'
import { readSecret } from '../token/secret.ts'
import { headOf } from '../steps/letter_head.ts'
import { lockIfThere } from '../steps/lock_if_there.ts'
import { hashNew, type SetPassword } from '../steps/passwords_set.ts'
import { checkProfile, makeProfile } from '../steps/profile.ts'
import { sendLetter } from '../steps/proof.ts'
import { badProof } from '../steps/refused.ts'

type Invitation = Row<typeof invitations>

const hasAccount = problemKind('has_account', 409, 'There is an account with this address')

export const inviteAccept = houseAction(invitations, 'accept', {
  description:
    'Accepts an invitation by the code of its letter, once. With a password it makes the account. Who has one by now ' +
    '(`has_account`), by registering or by another service, signs in to it and sends the code without a password: ' +
    'the account then has the roles too, if its address is the one that was invited.',
  allow: [{ rule: 'anyone' }],
  input: {
    token: text({ max: 200 }),
    password: text({
      max: 8_192,
      optional: true,
      example: 'four words that come to mind',
      description: 'For a new account; without it the caller is signed in.',
    }),
    profile: json({ optional: true, maxBytes: 32_768, description: "Fields of the app's own account resource." }),
  },
  output: 'nothing',
  problems: [hasAccount],
  issuesCredentials: true,
  async prepare({ house, input, origin, caller }) {
    const { password } = input
    if (password === null) return ensureSession(caller, input.profile)
    const invitation = await behind(house, input.token, origin)
    // Nothing is hashed for a code that is none: guessing codes would be a way to keep the processors busy.
    if (invitation === undefined) throw badProof()
    checkProfile(house, input.profile)
    return hashNew(house, { password, pointer: '/password', address: invitation.email, secondFactor: false })
  },
  async run({ input, caller, prepared: set, tx, work }) {
    const seen = await find(tx, input.token)
    const invitation = seen && (await lockIfThere(tx, invitations, seen.id))
    if (invitation === undefined) return badProof()
    if (set === undefined) return join(tx, work, invitation, caller)
    const account = await begin(tx, invitation, set)
    if (account instanceof Problem) return account
    await tx.delete(invitations, invitation.id)
    await makeProfile(tx, work, account, input.profile)
    return undefined
  },
})

/** Whoever has no account chooses a password. Fails with invalid. */
function ensureSession({ session }: Caller, profile: Json | null): undefined {
  const wrong = (pointer: string, code: 'required' | 'bad_check', message: string): Problem =>
    new Problem('invalid', 'The invitation is accepted with a password, or by who is signed in.', {
      errors: [{ pointer, code, message }],
    })
  if (session === undefined) throw wrong('/password', 'required', 'Is needed by who is not signed in.')
  if (profile !== null) throw wrong('/profile', 'bad_check', 'Is of a new account; this one has its own.')
}

const signInFirst = (): Problem =>
  new Problem(
    hasAccount,
    'Sign in to your account, then accept the invitation without a password; it waits until its time is over.',
  )

/** The account, made or taken over from who never confirmed the address. Fails where somebody did since. */
async function begin(tx: Tx, { email, roles }: Invitation, set: SetPassword) {
  const begun = { ...set, roles, verifiedAt: tx.now, profile: null, failures: 0 }
  const [known] = await tx.find(accounts, { email })
  if (known === undefined) return (await tx.create(accounts, { email, ...begun })).id
  const account = await tx.lock(accounts, known.id)
  if (account.state !== 'active') return badProof()
  if (account.verifiedAt !== null) return signInFirst()
  for (const { id } of await tx.find(proofs, { account: account.id }, { limit: 1_000 })) await tx.delete(proofs, id)
  return (await tx.update(accounts, account.id, begun)).id
}

/**
 * Gives the caller's own account the roles. That the letter was theirs to open is not enough: the address must be the
 * account's, and confirmed, which a service's word for it does where that makes or links an account.
 */
async function join(tx: Tx, work: Work, invitation: Invitation, caller: Caller): Promise<Problem | undefined> {
  const { account } = await lockedCaller(tx, caller)
  // The same as for a code that is none: who found a letter learns nothing, and it stays good for whom it was for.
  if (account.verifiedAt === null || fold(account.email) !== fold(invitation.email)) return badProof()
  await tx.delete(invitations, invitation.id)
  const roles = [...new Set([...account.roles, ...invitation.roles])].toSorted()
  if (isDeepStrictEqual(roles, account.roles)) return undefined
  await tx.update(accounts, account.id, { roles })
  await sendLetter(work, account, securityLetter(headOf(work.house), 'rolesChanged', work.now))
  return undefined
}

const behind = (house: House, token: string, origin: Origin): Promise<Invitation | undefined> =>
  transact(house, { operation: 'auth.invitations', caller: noOne, origin }, { isolation: 'locked' }, (tx) =>
    find(tx, token),
  )

async function find(tx: Tx, token: string): Promise<Invitation | undefined> {
  const hash = readSecret('invite', token)
  const [found] = hash === undefined ? [] : await tx.find(invitations, { hash })
  return found !== undefined && found.endsAt > tx.now ? found : undefined
}
