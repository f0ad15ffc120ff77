// What a sign-in ends with: tokens for a program, or a cookie for a browser, which no script of a page can read.
import { browserLimits } from '../../../base/identity_limits.ts'
import { Reply, Third } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { boolean, choice, integer, timestamp } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { sessions } from '../../accounts/index.ts'
import { ensureSameOrigin } from '../browser/same_origin.ts'
import { isSecure, presentedCookie, sessionCookie } from '../browser/session_cookie.ts'
import { createSecret, readSecret } from '../token/secret.ts'
import { deviceOf, type Opening, openSession, type Tokens } from './tokens.ts'

/** The field by which a sign-in is told which. */
export const sessionField = choice(['token', 'cookie'], {
  default: 'token',
  description: '`cookie` for a browser: the session is a cookie that no script can read, and no token is answered.',
})

/** What is answered in the place of tokens. */
export const browserFields = {
  endsAt: timestamp({ description: 'When the session ends, however much it is used.' }),
  idleSeconds: integer({ min: 0, description: 'Without a request it ends after so long.' }),
  secure: boolean({ description: 'False in development on plain http, where the cookie is not `Secure`.' }),
}

export type Kept = 'token' | 'cookie'

export interface BrowserSession {
  readonly endsAt: Date
  readonly idleSeconds: number
  readonly secure: boolean
}

export type SignedIn = Tokens | Reply<Third<BrowserSession>>

/** Opens a session of that kind. */
export function signedIn(tx: Tx, work: Work, opening: Opening, kept: Kept): Promise<SignedIn> {
  return kept === 'token' ? openSession(tx, work, opening) : openBrowserSession(tx, work, opening)
}

/** The session that the browser had before ends: whoever planted that cookie must not have this one's (fixation). */
async function openBrowserSession(tx: Tx, work: Work, { account, methods, endsAt }: Opening): Promise<SignedIn> {
  const { house, now, deed } = work
  ensureSameOrigin(house, deed.origin.headers)
  const before = readSecret('session', presentedCookie(house, deed.origin.headers['cookie']))
  const [planted] = before === undefined ? [] : await tx.find(sessions, { cookieHash: before })
  if (planted !== undefined) await tx.delete(sessions, planted.id)
  const secret = createSecret('session', house.random)
  const session = await tx.create(sessions, {
    account,
    ...deviceOf(work),
    provedAt: now,
    methods: methods.join(' '),
    usedAt: now,
    endsAt: endsAt ?? new Date(now.getTime() + browserLimits.absoluteMs),
    cookieHash: secret.hash,
  })
  const told = { endsAt: session.endsAt, idleSeconds: browserLimits.idleMs / 1_000, secure: isSecure(house) }
  return new Reply(new Third(told), { 'Set-Cookie': sessionCookie(house, secret.text) })
}
