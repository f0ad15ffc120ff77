// Where the OAuth server is: the paths of its endpoints, and the address it is known under.
import type { House } from '../../call/house.ts'

/** Where the endpoints are. The library makes its addresses of these. */
export const oauthPaths = Object.freeze({
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  end_session: '/oauth/end-session',
  pushed_authorization_request: '/oauth/par',
  registration: '/oauth/register',
  jwks: '/.well-known/jwks.json',
})

/** Where a person signs in and decides. */
export const interactionPath = '/oauth/interaction'

/** Under which address the server is known. */
export const issuerOf = ({ services }: House): string => services.publicUrl ?? 'http://localhost'
