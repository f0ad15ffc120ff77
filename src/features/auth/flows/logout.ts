// POST /auth/logout: this session ends, with every token of it, also those on their way.
import { houseAction, Reply } from '../../../call/house_action.ts'
import { accounts, sessions } from '../../accounts/index.ts'
import { noSessionCookie } from '../browser/session_cookie.ts'

export const logout = houseAction(accounts, 'logout', {
  description: 'Signs this device out: its access and refresh tokens are good no more.',
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: 'nothing',
  issuesCredentials: true,
  async run({ caller, house, tx }) {
    const [session] = caller.session === undefined ? [] : await tx.find(sessions, { id: caller.session })
    if (session !== undefined) await tx.delete(sessions, session.id)
    return new Reply(undefined, session?.cookieHash ? { 'Set-Cookie': noSessionCookie(house) } : {})
  },
})
