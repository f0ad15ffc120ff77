// The app as an OAuth 2.0 and OpenID Connect server: other applications sign people in with their accounts here.
import type { Feature } from '../../call/feature.ts'
import { checkProvider, prepareProvider } from './check.ts'
import { artifacts, clients, consents, grants, registrationTokens } from './nouns.ts'
import { register, rotate } from './register.ts'
import { registrationTokenCreate } from './registration_tokens.ts'
import { startSweeper, sweep } from './sweep.ts'

export { sessionBehind } from './existing_grant.ts'
export { aliveSession, type AliveSession } from './alive.ts'
export { clientOf, type KnownClient } from './clients.ts'
export { cameFrom, deedOf, failureOf } from './deed.ts'
export { makeGrant, rememberConsent } from './grants.ts'
export { escaped, notice, page, pagePolicy } from './page.ts'
export { interactionPath, issuerOf, oauthPaths } from './provider.ts'
export { endRegistered, registerByToken, type Registered, seeRegistered } from './registration.ts'
export { identityScopes, scopeWords } from './scope_words.ts'
export { idKeysetsOf, oauthOf, type OauthServer } from './service.ts'
export { createTokenCallers, type TokenCallers } from './token_caller.ts'

export const oauth: Feature = {
  name: 'oauth',
  isWanted: ({ options }) => options.provider !== undefined,
  parts: { registrationTokens, registrationTokenCreate, clients, consents, grants, artifacts, register, rotate },
  check: checkProvider,
  prepare: prepareProvider,
  turn: sweep,
  start: startSweeper,
}
