// What a sign-in answers: an access token for minutes, and a refresh token for the session.
import type { House } from '../../../call/house.ts'
import type { Work } from '../../../call/work.ts'
import { sessionLimits, tokenLimits } from '../../../base/identity_limits.ts'
import { integer, text } from '../../../define/index.ts'
import type { Id } from '../../../define/infer.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, refreshes, sessions } from '../../accounts/index.ts'
import { tellNewDevice } from './new_device.ts'
import { authOf } from '../service.ts'
import { signAccessToken } from '../token/access_token.ts'
import { createSecret } from '../token/secret.ts'
import type { Keyset } from '../token/keyset.ts'

/** The fields of the answer. */
export const tokenFields = {
  accessToken: text({ max: 4_096 }),
  tokenType: text({ max: 10 }),
  expiresIn: integer({ min: 0, description: 'Seconds that the access token is good for.' }),
  refreshToken: text({ max: 200 }),
}

export interface Tokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly expiresIn: number
  readonly refreshToken: string
}

type Session = Row<typeof sessions>

export interface Opening {
  readonly account: Id<(typeof accounts)['name']>
  /** How the person proved it, by names of RFC 8176. */
  readonly methods: readonly string[]
  readonly keyset: Keyset
  /** When it ends; in thirty days, where it takes the place of no other. */
  readonly endsAt?: Date
}

/** Opens a session of the account on the device that asks. */
export async function openSession(tx: Tx, work: Work, { account, methods, keyset, endsAt }: Opening): Promise<Tokens> {
  const { house, now } = work
  const device = deviceOf(work)
  if (endsAt === undefined) await tellNewDevice(tx, work, { account, device: device.device })
  const session = await tx.create(sessions, {
    account,
    ...device,
    provedAt: now,
    methods: methods.join(' '),
    usedAt: now,
    endsAt: endsAt ?? new Date(now.getTime() + sessionLimits.absoluteMs),
  })
  return issue(tx, house, session, keyset)
}

/** What the device that asks says of itself, and where it is. */
export const deviceOf = ({ deed: { origin } }: Work): { device: string; address: string } => ({
  device: (origin.headers['user-agent'] ?? '').toWellFormed().replaceAll('\0', '').slice(0, 200),
  address: origin.address,
})

/** A new pair for the session; the refresh token is its current one from now on. */
export async function issue(tx: Tx, house: House, session: Session, keyset: Keyset): Promise<Tokens> {
  const secret = createSecret('refresh', house.random)
  await tx.create(refreshes, { session: session.id, hash: secret.hash })
  const { party } = authOf(house).keys
  const grant = {
    subject: session.account,
    session: session.id,
    client: party.audience,
    scopes: [],
    authenticatedMs: session.provedAt.getTime(),
    methods: session.methods.split(' '),
  }
  const accessToken = signAccessToken(keyset.signing, party, grant, { nowMs: tx.now.getTime(), random: house.random })
  return {
    accessToken,
    tokenType: 'Bearer',
    expiresIn: tokenLimits.accessMs / 1_000,
    refreshToken: secret.text,
  }
}
