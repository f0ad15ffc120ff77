// The endpoints of the OAuth server, each a route of the door: its limits, headers, budget and log line hold here too.
import { oauthLimits } from '../../base/identity_limits.ts'
import type { House } from '../../call/house.ts'
import { outageOf } from '../../call/refusal.ts'
import { failureOf, interactionPath, oauthOf, oauthPaths } from '../../features/oauth/index.ts'
import type { DoorAnswer, DoorRequest, Method, Route } from '../http/route.ts'
import { exchangeOf } from './exchange.ts'
import { decide, show } from './interaction.ts'
import type { OauthMeans } from './means.ts'
import { passkeyScriptRoute } from './passkey_script.ts'
import { registrationRoutes } from './registration.ts'

const form = ['application/x-www-form-urlencoded']
const both = ['application/json', 'text/html']

/** The routes, for an app that is a provider. */
export function providerRoutes(means: OauthMeans): Route[] {
  const { house } = means
  const at = (method: Method, path: string): Route => endpoint(means, method, path)
  return [
    at('GET', '/.well-known/openid-configuration'),
    at('GET', '/.well-known/oauth-authorization-server'),
    at('GET', oauthPaths.authorization),
    at('GET', `${oauthPaths.authorization}/:uid`),
    at('POST', oauthPaths.pushed_authorization_request),
    at('POST', oauthPaths.token),
    at('POST', oauthPaths.revocation),
    at('POST', oauthPaths.introspection),
    at('GET', oauthPaths.userinfo),
    at('POST', oauthPaths.userinfo),
    at('GET', oauthPaths.end_session),
    at('GET', `${oauthPaths.end_session}/success`),
    at('POST', `${oauthPaths.end_session}/confirm`),
    ...(house.model.app.options.provider?.registration === undefined ? [] : registrationRoutes(means)),
    passkeyScriptRoute,
    personal(means, 'GET', (request) => show(house, request)),
    personal(means, 'POST', (request) => decide(means, request)),
  ]
}

function endpoint(means: OauthMeans, method: Method, path: string): Route {
  return {
    method,
    path,
    name: `oauth ${path}`,
    produces: both,
    ...(method === 'POST' && { consumes: form, bodyBytes: oauthLimits.bodyBytes }),
    handle: (request) => counted(means, request, () => library(means.house, request)),
  }
}

function personal(means: OauthMeans, method: Method, answer: (request: DoorRequest) => Promise<DoorAnswer>): Route {
  return {
    method,
    path: `${interactionPath}/:uid`,
    name: `oauth ${interactionPath}`,
    produces: ['text/html'],
    ...(method === 'POST' && { consumes: form, bodyBytes: oauthLimits.bodyBytes }),
    handle: (request) => counted(means, request, () => answer(request)),
  }
}

/** Every request counts against the budget of its network: here nobody is known by a token of the API. */
async function counted(
  { count }: OauthMeans,
  request: DoorRequest,
  answer: () => Promise<DoorAnswer>,
): Promise<DoorAnswer> {
  const headers = count(request.address)
  const said = await answer().catch((error: unknown) => Promise.reject(outageOf(error) ?? error))
  return { ...said, headers: { ...headers, ...said.headers } }
}

async function library(house: House, asked: DoorRequest): Promise<DoorAnswer> {
  const { handle } = await oauthOf(house)
  const { request, response, answer } = exchangeOf(house, asked)
  await handle(request, response)
  const said = await answer
  const failure = said.status === 500 ? failureOf(request) : undefined
  // Too much at once, a full disk: the door says so. What else fails is a fault of ours, which says nothing.
  if (failure !== undefined && failure.kind.status > 500) throw failure
  return said
}
