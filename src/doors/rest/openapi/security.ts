// How a caller proves who they are, as schemes; and which of them, with which scopes, an operation takes.
import { acceptedScopes } from '../../../call/scopes.ts'
import type { Model } from '../../../define/model.ts'
import type { Operation } from '../../../define/operation.ts'
import { oauthPaths, scopeWords } from '../../../features/oauth/index.ts'
import type { Components, OperationObject } from './document.ts'

type Security = OperationObject['security']

/** A token is asked for; where anyone may call, it is optional. */
export const signedInOnly: Security = [{ bearer: [] }]
const openToAll: Security = [{}, { bearer: [] }]

/** What an operation takes: an access token of an application by any one scope that covers it. */
export function securityOf({ app }: Model, operation: Operation): Security {
  const isOpen = operation.allow.callers.some(({ rule }) => rule === 'anyone')
  const own = isOpen ? openToAll : signedInOnly
  return app.options.provider === undefined
    ? own
    : [...own, ...acceptedScopes(operation).map((scope) => ({ oauth2: [scope] }))]
}

/** What a batch takes: each of its operations asks for its own scope. */
export const securityOfBatch = ({ app }: Model): Security =>
  app.options.provider === undefined ? openToAll : [...openToAll, { oauth2: [] }]

/** The schemes of a model. */
export function securitySchemes(model: Model): Components['securitySchemes'] {
  if (model.app.options.provider === undefined) return { bearer }
  const words = Object.fromEntries(scopeWords(model))
  const { authorization: authorizationUrl, token: tokenUrl } = oauthPaths
  const flows = {
    authorizationCode: { authorizationUrl, tokenUrl, refreshUrl: tokenUrl, scopes: words },
    clientCredentials: { tokenUrl, scopes: words },
  }
  const description =
    'An access token that an application got of this server, opaque and narrowed to its scopes. ' +
    'ID tokens are JWTs as RFC8725 asks for them.'
  const openIdConnectUrl = '/.well-known/openid-configuration'
  return {
    bearer,
    oauth2: { type: 'oauth2', description, flows },
    openIdConnect: { type: 'openIdConnect', description: 'The same, found by discovery.', openIdConnectUrl },
  }
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'A token in `Authorization: Bearer …`: a signed JWT, verified as RFC8725 asks; or an API key, `plk_…`, which ' +
    'does what its scopes say and no more.',
}
