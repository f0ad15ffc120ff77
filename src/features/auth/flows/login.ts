// POST /auth/login: an address and a password for a session. The try is counted first, then judged, then told.
import { Problem } from '../../../base/pure/problem.ts'
import { tryLimits } from '../../../base/identity_limits.ts'
import { fold } from '../../../base/pure/text.ts'
import { noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { houseAction, Other } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import type { Work } from '../../../call/work.ts'
import { email, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { networkOf } from '../../limits/index.ts'
import { accounts } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { isClaimed, isWaiting } from '../steps/claims.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { authOf } from '../service.ts'
import { headOf } from '../steps/letter_head.ts'
import { sendLetter } from '../steps/proof.ts'
import { wrongPassword } from '../steps/refused.ts'
import { awaitFactor, isRemembered, pendingFields } from '../steps/second_factor.ts'
import { browserFields, sessionField, signedIn } from '../steps/signed_in.ts'
import { tokenFields } from '../steps/tokens.ts'
import { forgetTries, takeTry, touchTries, type Tried } from '../steps/tries.ts'

type Account = Row<typeof accounts>

export const login = houseAction(accounts, 'login', {
  description:
    'Signs in. The same 401 for a wrong password and for an address nobody has; 403 for the password of a ' +
    'registration that was not confirmed.',
  allow: [{ rule: 'anyone' }],
  input: {
    email: email(),
    password: text({ max: 8_192 }),
    deviceToken: text({ max: 200, optional: true, description: 'Of a device that the second factor is not asked on.' }),
    session: sessionField,
  },
  output: tokenFields,
  other: pendingFields,
  third: browserFields,
  issuesCredentials: true,
  prepare: ({ house, origin, input }) => authOf(house).entry.run(() => judge(house, origin, input)),
  async run({ house, input, prepared, tx, work }) {
    const { tried, stored, matches, isChosen, rehashed, keyset } = prepared
    if (prepared.account === undefined) {
      await touchTries(tx, house, tried.what)
      return wrongPassword()
    }
    const account = await tx.lock(accounts, prepared.account.id)
    if (!matches || account.verifiedAt === null) {
      await countFailure(tx, work, account)
      return isChosen || (matches && isWaiting(account, work.now)) ? unconfirmed() : wrongPassword()
    }
    // The password was changed, or the account ended, while it was tried.
    if (account.passwordHash !== stored || account.state !== 'active') return wrongPassword()
    const factors = await factorsOf(tx, account)
    const isOver = !factors.isOn || (await isRemembered(tx, account, input.deviceToken))
    await welcome(tx, house, account, { tried, rehashed, isOver })
    if (!isOver) return new Other(await awaitFactor(tx, work, { account, factors, by: 'pwd' }))
    return signedIn(tx, work, { account: account.id, methods: ['pwd'], keyset }, input.session)
  },
})

interface Given {
  readonly email: string
  readonly password: string
}

async function judge(house: House, origin: Origin, input: Given) {
  const tried = triedBy(origin, input.email)
  const { account, isChosen } = await admit(house, origin, tried, input)
  const { passwords, keys } = authOf(house)
  // An account past the hard stop is tried on nothing: only a new password helps, and the answer is the same.
  const isOpen = account !== undefined && account.failures < tryLimits.hardStop
  const stored = isOpen ? account.passwordHash : undefined
  const verdict = await passwords.verify(stored, input.password)
  const rehashed = verdict.needsRehash ? await passwords.hash(input.password) : undefined
  const { matches } = verdict
  return { tried, account, stored, matches, isChosen: isOpen && isChosen, rehashed, keyset: await keys.keyset() }
}

/** Whoever signs in at an address, from anywhere. */
export const triedAt = (address: string): string => `login ${fold(address)}`

const triedBy = (origin: Origin, address: string): Tried => ({
  what: `login ${fold(address)} ${networkOf(origin.address)}`,
  at: triedAt(address),
})

interface Admitted {
  readonly account: Account | undefined
  readonly isChosen: boolean
}

/** The account, once the try is counted. Fails with rate_limited. */
async function admit(house: House, origin: Origin, tried: Tried, given: Given): Promise<Admitted> {
  const deed = { operation: 'auth.login.try', caller: noOne, origin }
  const outcome = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const refused = await takeTry(tx, house, tried, tryLimits)
    if (refused !== undefined) return refused
    const [account] = await tx.find(accounts, { email: given.email })
    return { account, isChosen: await isClaimed(tx, house, given) }
  })
  if (outcome instanceof Problem) throw outcome
  return outcome
}

/** One more wrong one in a row. A right one before its account is confirmed counts too: it opened nothing. */
async function countFailure(tx: Tx, work: Work, account: Account): Promise<void> {
  await tx.update(accounts, account.id, { failures: account.failures + 1 })
  if (account.failures + 1 !== tryLimits.hardStop) return
  await sendLetter(work, account, securityLetter(headOf(work.house), 'manyTries', work.now))
}

interface Welcome {
  readonly tried: Tried
  readonly rehashed: string | undefined
  /** Is no second factor to come. Until then failures are kept: a password must not buy more guesses at codes. */
  readonly isOver: boolean
}

async function welcome(tx: Tx, house: House, account: Account, welcomed: Welcome): Promise<void> {
  const { tried, rehashed, isOver } = welcomed
  await forgetTries(tx, house, tried.what)
  const failures = isOver ? 0 : account.failures
  if (account.failures === failures && rehashed === undefined) return
  await tx.update(accounts, account.id, { failures, ...(rehashed !== undefined && { passwordHash: rehashed }) })
}

const unconfirmed = (): Problem =>
  new Problem('forbidden', 'Confirm your address first. POST /api/v1/auth/verify/send sends the letter again.')
