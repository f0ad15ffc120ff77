// The addresses of the OAuth and OpenID server, where the app is one: what client libraries ask, as the RFCs word it.
import { type Code, type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import type { App } from '../../../define/app.ts'
import { oauthPaths } from '../../../features/oauth/index.ts'
import { headersOf, type HeaderName } from './answer_headers.ts'
import type {
  Content, Header, OpenApiDocument, OperationObject, Parameter, PathItem, Response, Responses, Schema,
} from './document.ts' // prettier-ignore
import { doorCodes } from './failures.ts'
import { everyHead } from './head_parameters.ts'
import { object } from './noun_schemas.ts'
import { problemAnswers, problemResponse } from './problem_answers.ts'
import * as protocol from './provider_schemas.ts'
import type { Shelf } from './shelf.ts'
import { anyText, idText, sampleId, text } from './texts.ts'

/** The token of none of our callers: the endpoint says in its own words who asks. */
const askedOfNobody: OperationObject['security'] = [{}]
const tag = 'OAuth and OpenID Connect'
const form = 'application/x-www-form-urlencoded'
const formCodes: readonly Code[] = ['timeout', 'too_large']
const json = 'application/json'

/** What they are, as a group. */
export const providerTags = ({ options }: App): OpenApiDocument['tags'] =>
  options.provider === undefined
    ? []
    : [{ name: tag, description: 'For other applications, whose libraries find the rest in the discovery document.' }]

/** Describes them, where the app is a provider. */
export function providerPaths(shelf: Shelf, { options }: App): { readonly [path: string]: PathItem } {
  if (options.provider === undefined) return {}
  const discovery = (id: string) => get(shelf, { ...said.discovery, id }, json, protocol.discovery)
  const registration = options.provider.registration === undefined ? {} : registrationPaths(shelf)
  return {
    '/.well-known/openid-configuration': { get: discovery('oauth.discovery') },
    '/.well-known/oauth-authorization-server': { get: discovery('oauth.metadata') },
    [oauthPaths.jwks]: { get: get(shelf, said.jwks, json, protocol.keys) },
    [oauthPaths.authorization]: { get: authorization(shelf) },
    [oauthPaths.pushed_authorization_request]: {
      post: asked(shelf, said.pushed, protocol.pushed, protocol.pushedForm),
    },
    [oauthPaths.token]: { post: asked(shelf, said.token, protocol.tokens, protocol.tokenForm) },
    [oauthPaths.revocation]: { post: asked(shelf, said.revoke, undefined, protocol.oneToken) },
    [oauthPaths.introspection]: { post: asked(shelf, said.introspect, protocol.introspected, protocol.oneToken) },
    [oauthPaths.userinfo]: { get: userinfo(shelf, said.userinfo) },
    [oauthPaths.end_session]: { get: endSession(shelf) },
    ...registration,
  }
}

interface Said {
  readonly id: string
  readonly path: string
  readonly summary: string
  readonly description: string
}

const said = Object.freeze({
  discovery: {
    path: '/.well-known/openid-configuration',
    summary: 'Read what the server can do',
    description: 'Answers the addresses, grants, scopes and algorithms of this server (OpenID Discovery, RFC 8414).',
  },
  jwks: {
    id: 'oauth.keys',
    path: oauthPaths.jwks,
    summary: 'Read the public keys',
    description: 'Answers the keys that sign ID tokens, each published long before it signs (RFC 7517).',
  },
  authorize: {
    id: 'oauth.authorize',
    path: oauthPaths.authorization,
    summary: 'Begin a sign-in',
    description:
      'Open it as a page. The person signs in and decides, and is sent to `redirect_uri` with `code`, `state` and ' +
      '`iss`, or with `error` (RFC 6749 §4.1, PKCE with S256 always).',
  },
  pushed: {
    id: 'oauth.par',
    path: oauthPaths.pushed_authorization_request,
    summary: 'Push what a sign-in asks for',
    description:
      'Keeps the parameters of an authorization request, so that the browser carries a name alone (RFC 9126).',
  },
  token: {
    id: 'oauth.token',
    path: oauthPaths.token,
    summary: 'Exchange a code, a refresh token, or a secret',
    description:
      'Answers tokens for `authorization_code`, `refresh_token` or `client_credentials` (RFC 6749). A code and a ' +
      'refresh token work once. A client with a secret sends it by `Authorization: Basic`.',
  },
  revoke: {
    id: 'oauth.revoke',
    path: oauthPaths.revocation,
    summary: 'End a token',
    description: 'Ends a token of the client that asks, with what was given beside it (RFC 7009).',
  },
  introspect: {
    id: 'oauth.introspect',
    path: oauthPaths.introspection,
    summary: 'Ask about a token',
    description: 'Answers whether a token is good, for whom and for what (RFC 7662): each client about its own.',
  },
  userinfo: {
    id: 'oauth.userinfo',
    path: oauthPaths.userinfo,
    summary: 'Ask who signed in',
    description: 'Answers who the access token is of, as its scopes `openid` and `email` let see.',
  },
  endSession: {
    id: 'oauth.end-session',
    path: oauthPaths.end_session,
    summary: 'Sign out',
    description: 'Open it as a page. It asks the person, and ends the session with all that was given in it.',
  },
  register: {
    id: 'oauth.register',
    path: oauthPaths.registration,
    summary: 'Register an application',
    description: 'Registers the application that asks, by an initial access token of an administrator (RFC 7591).',
  },
  registered: {
    id: 'oauth.registered',
    path: `${oauthPaths.registration}/${sampleId}`,
    summary: 'See a registration',
    description: 'Answers what is known of an application, by the token that it was registered with.',
  },
  unregister: {
    id: 'oauth.unregister',
    path: `${oauthPaths.registration}/${sampleId}`,
    summary: 'End a registration',
    description: 'Ends an application with all that it was given, by the token that it was registered with.',
  },
})

function operation(
  shelf: Shelf,
  { id, path, summary, description }: Said,
  responses: Responses,
  more: readonly Code[],
  rest: Partial<Pick<OperationObject, 'parameters' | 'requestBody' | 'security'>> = {},
): OperationObject {
  const example = { path, field: undefined }
  const problems = kindsOf([...doorCodes, 'rate_limited', ...more])
  const own = problems.filter(({ status }) => responses[String(status)] === undefined)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: askedOfNobody,
    ...rest,
    parameters: [...(rest.parameters ?? []), ...everyHead(shelf)],
    responses: { ...responses, ...problemAnswers(shelf, own, example) },
  }
}

const kindsOf = (codes: readonly Code[]): ProblemKind[] =>
  Object.values(problemKinds).filter(({ code }) => codes.includes(code))

function get(shelf: Shelf, what: Said, type: string, { schema, example }: protocol.Shape): OperationObject {
  return operation(shelf, what, { 200: answer(shelf, 'It is this.', { [type]: { schema, example } }) }, [])
}

function answer(shelf: Shelf, description: string, content: Content | undefined, ...own: HeaderName[]): Response {
  return { description, headers: headersOf(shelf, ...own), ...(content && { content }) }
}

const refusalOf = (shelf: Shelf): Schema =>
  shelf.use('schemas', 'OAuthError', () => ({
    ...object({ error: { ...text(60, 1), pattern: '^[a-z_]+$' }, error_description: anyText(1_000) }, ['error']),
    description: 'Why it was refused, in the words of RFC 6749 §5.2.',
  }))

/** A refusal in the words of OAuth, or of the door. */
function refused(shelf: Shelf, path: string, status: 400 | 401, error: string): Response {
  const kinds = kindsOf([status === 400 ? 'malformed' : 'unauthenticated'])
  const { headers, content } = problemResponse(shelf, kinds, { path, field: undefined })
  const example = { error, error_description: 'It is not good here.' }
  return {
    description: 'It was refused.',
    headers,
    content: { ...content, [json]: { schema: refusalOf(shelf), example } },
  }
}

/** What a client asks by a form, and proves itself for. */
function asked(shelf: Shelf, what: Said, shape: protocol.Shape | undefined, sent: protocol.Shape): OperationObject {
  const created = what.id === 'oauth.par' ? 201 : 200
  const responses = {
    [created]: answer(shelf, 'It is done.', shape && { [json]: shape }),
    400: refused(shelf, what.path, 400, 'invalid_request'),
    401: refused(shelf, what.path, 401, 'invalid_client'),
  }
  const requestBody = { description: 'As the RFC names it.', required: true, content: { [form]: sent } }
  return operation(shelf, what, responses, formCodes, { requestBody })
}

function authorization(shelf: Shelf): OperationObject {
  const location: Header = {
    description: 'To the pages of the sign-in, or to the application.',
    required: true,
    schema: { ...text(16_384, 1), format: 'uri-reference' },
  }
  const page = { schema: { ...anyText(1_048_576), description: 'A page that says why.' }, example: '<!doctype html>' }
  const bad = refused(shelf, oauthPaths.authorization, 400, 'invalid_request')
  const sent = answer(shelf, 'The page that sends the answer on, where `response_mode` is `form_post`.', {
    'text/html': page,
  })
  const responses = {
    200: sent,
    303: {
      description: 'The browser goes on.',
      headers: { ...headersOf(shelf), Location: location },
      content: { 'text/html': page, 'text/plain': page },
    },
    400: { ...bad, content: { ...bad.content, 'text/html': page } },
  }
  return operation(shelf, said.authorize, responses, [], { parameters: protocol.authorizeParameters })
}

function userinfo(shelf: Shelf, what: Said): OperationObject {
  const responses = {
    200: answer(shelf, 'It is this person.', { [json]: protocol.person }),
    400: refused(shelf, what.path, 400, 'invalid_request'),
    401: refused(shelf, what.path, 401, 'invalid_token'),
  }
  return operation(shelf, what, responses, [], { security: [{ oauth2: ['openid'] }, { openIdConnect: [] }] })
}

function endSession(shelf: Shelf): OperationObject {
  const page = { schema: { ...anyText(1_048_576), description: 'A page.' }, example: '<!doctype html>' }
  const bad = refused(shelf, oauthPaths.end_session, 400, 'invalid_request')
  const responses = {
    200: answer(shelf, 'The page that asks.', { 'text/html': page }),
    400: { ...bad, content: { ...bad.content, 'text/html': page } },
  }
  return operation(shelf, said.endSession, responses, [], { parameters: protocol.endSessionParameters })
}

function registrationPaths(shelf: Shelf): { readonly [path: string]: PathItem } {
  const shown = { [json]: protocol.registered }
  const unknown = refused(shelf, oauthPaths.registration, 401, 'invalid_token')
  const invalid = refused(shelf, oauthPaths.registration, 400, 'invalid_client_metadata')
  const body = { description: 'What it says of itself.', required: true, content: { [json]: protocol.metadata } }
  const parameters: readonly Parameter[] = [
    { name: 'id', in: 'path', description: 'Its `client_id`.', required: true, schema: idText, example: sampleId },
  ]
  const known = { 401: unknown, 400: refused(shelf, said.registered.path, 400, 'invalid_request') }
  return {
    [oauthPaths.registration]: {
      post: operation(
        shelf,
        said.register,
        { 201: answer(shelf, 'It is registered; secrets are shown now alone.', shown), 400: invalid, 401: unknown },
        formCodes,
        { requestBody: body },
      ),
    },
    [`${oauthPaths.registration}/{id}`]: {
      get: operation(shelf, said.registered, { 200: answer(shelf, 'It is this.', shown), ...known }, [], {
        parameters,
      }),
      delete: operation(shelf, said.unregister, { 204: answer(shelf, 'It has ended.', undefined), ...known }, [], {
        parameters,
      }),
    },
  }
}
