// POST /auth/refresh: the next pair for the current refresh token; an older one is a copy, and ends the session.
import { sessionLimits } from '../../../base/identity_limits.ts'
import type { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import { houseAction } from '../../../call/house_action.ts'
import { text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, refreshes, sessions } from '../../accounts/index.ts'
import { securityLetter } from '../letters.ts'
import { isRecent } from '../recent.ts'
import { authOf } from '../service.ts'
import { isOpen } from '../session_memory.ts'
import type { Keyset } from '../token/keyset.ts'
import { readSecret } from '../token/secret.ts'
import { headOf } from '../steps/letter_head.ts'
import { lockIfThere } from '../steps/lock_if_there.ts'
import { sendLetter } from '../steps/proof.ts'
import { notGood } from '../steps/refused.ts'
import { issue, type Tokens, tokenFields } from '../steps/tokens.ts'

type Session = Row<typeof sessions>
type Refresh = Row<typeof refreshes>

const purpose = 'successor of a refresh token'

export const refresh = houseAction(accounts, 'refresh', {
  description: 'The next pair of tokens. The token before may be used again for ten seconds, with the same result.',
  allow: [{ rule: 'anyone' }],
  input: { refreshToken: text({ max: 200 }) },
  output: tokenFields,
  issuesCredentials: true,
  prepare: ({ house }) => authOf(house).keys.keyset(),
  async run({ house, input, prepared: keyset, tx, work }) {
    const found = await findLocked(tx, input.refreshToken)
    if (found === undefined) return notGood()
    const account = await tx.get(accounts, found.session.account)
    if (account.state !== 'active' || !isOpen(found.session, work.now.getTime())) return end(tx, found.session)
    const { session, refresh: presented } = found
    if (presented.replacedAt === null)
      return rotate({ tx, house, keyset, token: input.refreshToken }, session, presented)
    const again = await sameAgain(tx, house, presented, input.refreshToken)
    if (again !== undefined) return again
    await sendLetter(work, account, securityLetter(headOf(house), 'tokenReused', work.now))
    return end(tx, session)
  },
})

interface Found {
  readonly session: Session
  readonly refresh: Refresh
}

/** The token and its session, locked: of any number of exchanges at once, one comes first. */
async function findLocked(tx: Tx, presented: string): Promise<Found | undefined> {
  const hash = readSecret('refresh', presented)
  const [seen] = hash === undefined ? [] : await tx.find(refreshes, { hash })
  const session = seen && (await lockIfThere(tx, sessions, seen.session))
  // Read again under the lock: it may have been replaced while this exchange waited for it.
  const [refreshed] = session === undefined || hash === undefined ? [] : await tx.find(refreshes, { hash })
  return session && refreshed && { session, refresh: refreshed }
}

interface Rotating {
  readonly tx: Tx
  readonly house: House
  readonly keyset: Keyset
  readonly token: string
}

async function rotate({ tx, house, keyset, token }: Rotating, session: Session, old: Refresh): Promise<Tokens> {
  const tokens = await issue(tx, house, session, keyset)
  // Sealed with the token itself, which we do not keep: only who lost the answer can have it again.
  const successor = house.keys.sealWith(purpose, token, JSON.stringify(tokens), old.hash)
  await tx.update(refreshes, old.id, { replacedAt: tx.now, successor })
  await tx.update(sessions, session.id, { usedAt: tx.now })
  return tokens
}

/** The same pair again, while it is the session's current one and the answer may just have been lost. */
async function sameAgain(tx: Tx, house: House, old: Refresh, token: string): Promise<Tokens | undefined> {
  const { replacedAt, successor } = old
  if (replacedAt === null || successor === null) return undefined
  if (!isRecent(replacedAt.getTime(), tx.now.getTime(), sessionLimits.retryMs)) return undefined
  const opened = house.keys.openWith(purpose, token, successor, old.hash)
  if (opened === undefined) return undefined
  const tokens = JSON.parse(opened) as Tokens // only `rotate` writes what opens with this token
  const hash = readSecret('refresh', tokens.refreshToken)
  const [next] = hash === undefined ? [] : await tx.find(refreshes, { hash })
  return next?.replacedAt === null ? tokens : undefined
}

async function end(tx: Tx, session: Session): Promise<Problem> {
  await tx.delete(sessions, session.id)
  return notGood()
}
