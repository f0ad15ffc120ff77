// POST /auth/invitations/accept: who was invited chooses a password, and the account is there, its address confirmed.
import { noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { houseAction } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import { json, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, invitations, proofs } from '../../accounts/index.ts'
import { readSecret } from '../token/secret.ts'
import { lockIfThere } from './lock_if_there.ts'
import { hashNew, type SetPassword } from './passwords_set.ts'
import { checkProfile, makeProfile } from './profile.ts'
import { badProof } from './refused.ts'

type Invitation = Row<typeof invitations>

export const inviteAccept = houseAction(invitations, 'accept', {
  description: 'Accepts an invitation by the code of its letter, once: sets the password and makes the account.',
  allow: [{ rule: 'anyone' }],
  input: {
    token: text({ max: 200 }),
    password: text({ max: 8_192, example: 'four words that come to mind' }),
    profile: json({ optional: true, maxBytes: 32_768, description: "Fields of the app's own account resource." }),
  },
  output: 'nothing',
  issuesCredentials: true,
  async prepare({ house, input, origin }) {
    const invitation = await behind(house, input.token, origin)
    // Nothing is hashed for a code that is none: guessing codes would be a way to keep the processors busy.
    if (invitation === undefined) throw badProof()
    checkProfile(house, input.profile)
    const { password } = input
    return hashNew(house, { password, pointer: '/password', address: invitation.email, secondFactor: false })
  },
  async run({ input, prepared: set, tx, work }) {
    const seen = await find(tx, input.token)
    const invitation = seen && (await lockIfThere(tx, invitations, seen.id))
    if (invitation === undefined) return badProof()
    await tx.delete(invitations, invitation.id)
    const account = await begin(tx, invitation, set)
    if (account === undefined) return badProof()
    await makeProfile(tx, work, account, input.profile)
    return undefined
  },
})

/** The account, made or taken over from who never confirmed the address. Undefined where somebody did since. */
async function begin(tx: Tx, { email, roles }: Invitation, set: SetPassword) {
  const begun = { ...set, roles, verifiedAt: tx.now, profile: null, failures: 0 }
  const [known] = await tx.find(accounts, { email })
  if (known === undefined) return (await tx.create(accounts, { email, ...begun })).id
  const account = await tx.lock(accounts, known.id)
  if (account.verifiedAt !== null || account.state !== 'active') return undefined
  for (const { id } of await tx.find(proofs, { account: account.id }, { limit: 1_000 })) await tx.delete(proofs, id)
  return (await tx.update(accounts, account.id, begun)).id
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
