// Identities of an account: linked and taken away. Each needs a proof of a moment ago, and the owner hears of it.
import { otherLimits } from '../../../base/identity_limits.ts'
import { ensure, Problem } from '../../../base/pure/problem.ts'
import { houseAction, houseRowAction } from '../../../call/house_action.ts'
import { text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { identities } from '../../accounts/index.ts'
import { type Proved, provedCaller } from '../factors/step_up.ts'
import { takeArrival } from '../others/arrivals.ts'
import type { Said } from '../others/said.ts'
import { endSessions } from '../steps/end_sessions.ts'
import { tell } from '../steps/factors_changed.ts'
import { codeFields } from './oauth_exchange.ts'
import { notGood } from '../steps/refused.ts'
import { ensureWayIn, identitiesOf } from '../steps/ways_in.ts'

export const identityLink = houseAction(identities, 'link', {
  description:
    'Links the service that the code is of: it signs in to this account from now on. It takes a proof of the last ' +
    'five minutes, by the password or a factor where there is one.',
  allow: [{ rule: 'signedIn' }],
  input: codeFields,
  output: { id: text({ max: 36 }), provider: text({ max: 20 }) },
  issuesCredentials: true,
  async run({ house, caller, input, tx, work }) {
    const proved = await provedCaller(tx, caller)
    ensureLocalProof(proved)
    const said = await takeArrival(tx, house, input)
    if (said === undefined) return notGood()
    const { account } = proved
    if (account.verifiedAt === null || said.email === null || !said.isVerified) return notConfirmed()
    const known = await identitiesOf(tx, house, account)
    if (known.length >= otherLimits.identities)
      return new Problem('conflict', `An account has ${otherLimits.identities} services at most; take one away first.`)
    const linked = await link(tx, said, account.id)
    if (linked === undefined) return new Problem('conflict', 'This identity signs in to an account already.')
    await tell(work, proved, 'providerLinked')
    return { id: linked.id, provider: linked.provider }
  },
})

export const identityRemove = houseRowAction(identities, 'remove', {
  allow: [{ rule: 'signedIn' }],
  description:
    'Takes the service away, ends every other session, and answers what it was. The last way in stays: 409. It takes ' +
    'a proof of the last five minutes.',
  async run({ house, caller, row, tx, work }) {
    const proved = await provedCaller(tx, caller)
    // The row was read by its own rule, so it is the caller's; what is taken away is decided here all the same.
    ensure(row.account === proved.account.id, 'not_found', 'There is no such identity.')
    await tx.delete(identities, row.id)
    await ensureWayIn(tx, house, proved.account)
    // Who takes a service away may have lost the account there: whoever came in by it goes.
    await endSessions(tx, proved.account, proved.session.id)
    await tell(work, proved, 'providerRemoved')
    return row
  },
})

async function link(
  tx: Tx,
  { provider, issuer, subject, email }: Said,
  account: Row<typeof identities>['account'],
): Promise<Row<typeof identities> | undefined> {
  try {
    return await tx.attempt(() => tx.create(identities, { account, provider, issuer, subject, email }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return undefined
    throw error
  }
}

/** One service does not vouch for another where the account has something of its own to prove it by. */
function ensureLocalProof({ account, session, factors }: Proved): void {
  if (account.passwordHash === null && !factors.isOn) return
  if (session.methods.split(' ').some((method) => local.has(method))) return
  throw new Problem('unauthenticated', 'Prove who you are by your password or a factor: POST /api/v1/auth/mfa/prove.', {
    headers: { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication"' },
  })
}

const local: ReadonlySet<string> = new Set(['pwd', 'otp', 'hwk', 'swk'])

const notConfirmed = (): Problem =>
  new Problem('forbidden', 'The service does not answer for an address of yours: confirm it there first.')
