// The browser's session at the library and the session of the account: which belongs to which.
import type { Id } from '../../define/infer.ts'
import type { sessions } from '../accounts/index.ts'
import type { OauthLibrary } from './library.ts'

export type SessionId = Id<(typeof sessions)['name']>

/** The session that was opened by the sign-in which this request completes; undefined where it completes none. */
export function signedInSession({ Provider }: OauthLibrary): SessionId | undefined {
  const session = Provider.ctx?.oidc.result?.login?.['session']
  return typeof session === 'string' ? session : undefined
}

/** Does the library take the session away only to put it back under another name? */
export function isRenamed({ Provider }: OauthLibrary, id: string): boolean {
  const session: object = Provider.ctx?.oidc.session ?? {}
  return 'oldId' in session && session.oldId === id
}
