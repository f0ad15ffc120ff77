// POST /auth/oauth/exchange: the code that a way to another service ended with, for a session; or an account is made.
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction, Other } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { json, type Json, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, identities } from '../../accounts/index.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { securityLetter } from '../letters.ts'
import { takeArrival } from '../others/arrivals.ts'
import type { Said } from '../others/said.ts'
import { authOf } from '../service.ts'
import { headOf } from '../steps/letter_head.ts'
import { lockIfThere } from '../steps/lock_if_there.ts'
import { checkProfile, makeProfile } from '../steps/profile.ts'
import { sendLetter } from '../steps/proof.ts'
import { notGood } from '../steps/refused.ts'
import { awaitFactor, isRemembered, pendingFields } from '../steps/second_factor.ts'
import { browserFields, sessionField, signedIn } from '../steps/signed_in.ts'
import { tokenFields } from '../steps/tokens.ts'

type Account = Row<typeof accounts>

/** What a code is taken with. */
export const codeFields = {
  code: text({ max: 200, description: 'From the fragment of the address that the way back ended at.' }),
  verifier: text({
    min: 43,
    max: 128,
    example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    description: 'Whose SHA-256 the way was begun with (RFC 7636).',
  }),
}

export const oauthExchange = houseAction(accounts, 'oauth/exchange', {
  description:
    'Signs in by the code that another service gave, within a minute, once. Who was not here before gets an account, ' +
    'where the service answers for the address and nobody has it yet.',
  allow: [{ rule: 'anyone' }],
  input: {
    ...codeFields,
    profile: json({ optional: true, maxBytes: 32_768, description: 'For a new account, as at registration.' }),
    deviceToken: text({ max: 200, optional: true, description: 'Of a device that the second factor is not asked on.' }),
    session: sessionField,
  },
  output: tokenFields,
  other: pendingFields,
  third: browserFields,
  issuesCredentials: true,
  prepare({ house, input }) {
    checkProfile(house, input.profile)
    return authOf(house).keys.keyset()
  },
  async run({ house, input, prepared: keyset, tx, work }) {
    const said = await takeArrival(tx, house, input)
    if (said === undefined) return notGood()
    const account = (await knownAccount(tx, said)) ?? (await newAccount(tx, work, said, input.profile))
    if (account instanceof Problem) return account
    if (account.state !== 'active' || account.verifiedAt === null) return notGood()
    const factors = await factorsOf(tx, account)
    const isOver = !factors.isOn || (await isRemembered(tx, account, input.deviceToken))
    if (!isOver) return new Other(await awaitFactor(tx, work, { account, factors, by: 'fed' }))
    return signedIn(tx, work, { account: account.id, methods: ['fed'], keyset }, input.session)
  },
})

/** The account of an identity, locked. An identity is issuer and subject: the address says nothing here. */
async function knownAccount(tx: Tx, { issuer, subject, email }: Said): Promise<Account | undefined> {
  const [seen] = await tx.find(identities, { issuer, subject })
  const account = seen && (await lockIfThere(tx, accounts, seen.account))
  // Read again under the lock: it may have been taken away meanwhile.
  const [identity] = account === undefined ? [] : await tx.find(identities, { issuer, subject, account: account.id })
  if (identity === undefined) return undefined
  await tx.update(identities, identity.id, { usedAt: tx.now, email })
  return account
}

/** Makes the account of somebody who was not here before, or says what to do first. */
async function newAccount(tx: Tx, work: Work, said: Said, profile: Json | null): Promise<Account | Problem> {
  // Judged before anything is looked up: an address that is not theirs tells nobody whether it has an account.
  if (said.email === null || !said.isVerified) return notTheirs()
  const [seen] = await tx.find(accounts, { email: said.email })
  const holder = seen && (await lockIfThere(tx, accounts, seen.id))
  if (holder !== undefined && holder.state !== 'active') return notGood()
  if (holder?.verifiedAt) return linkFirst()
  // Begun by somebody who never showed that the address is theirs: its password, profile and letters go with it.
  if (holder !== undefined) await tx.delete(accounts, holder.id)
  const made = await create(tx, said)
  if (made instanceof Problem) return made
  await makeProfile(tx, work, made.id, profile)
  if (holder !== undefined)
    await sendLetter(work, made, securityLetter(headOf(work.house), 'squatterRemoved', work.now))
  return made
}

// Another process may come first, with the same person or the same address.
async function create(tx: Tx, said: Said): Promise<Account | Problem> {
  const { provider, issuer, subject, email } = said
  try {
    return await tx.attempt(async () => {
      const account = await tx.create(accounts, { email: email ?? '', verifiedAt: tx.now })
      await tx.create(identities, { account: account.id, provider, issuer, subject, email, usedAt: tx.now })
      return account
    })
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict')
      return new Problem('conflict', 'Somebody began the same at the same moment; sign in once more.')
    throw error
  }
}

const notTheirs = (): Problem =>
  new Problem('forbidden', 'The service does not answer for an address of yours: confirm it there, or register here.')

const linkFirst = (): Problem =>
  new Problem(
    'conflict',
    'There is an account with your address. Sign in to it as before, then link the service by a new way and ' +
      'POST /api/v1/auth/identities/link.',
  )
