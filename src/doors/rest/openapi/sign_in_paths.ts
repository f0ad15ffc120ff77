// The addresses that a browser walks to sign in with another service: no calls of a program, but part of the contract.
import { type Code, type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import type { App } from '../../../define/app.ts'
import { apiRoot } from '../address.ts'
import { headersOf } from './answer_headers.ts'
import type { Header, OpenApiDocument, OperationObject, Parameter, PathItem, Response } from './document.ts'
import { bodyCodes, doorCodes } from './failures.ts'
import { everyHead } from './head_parameters.ts'
import { object } from './noun_schemas.ts'
import { problemAnswers, problemResponse } from './problem_answers.ts'
import type { Shelf } from './shelf.ts'
import { anyText, text } from './texts.ts'

/** Nobody is asked who they are. */
const askedOfNobody: OperationObject['security'] = [{}]
const base = `${apiRoot}/auth/oauth/{provider}`
const tag = 'Sign-in with others'

/** What they are, as a group. */
export const signInTags = ({ options }: App): OpenApiDocument['tags'] =>
  options.signIn === undefined ? [] : [{ name: tag, description: 'The way to another service and back, for browsers.' }]

/** Describes them, where the app believes some service. */
export function signInPaths(shelf: Shelf, { options }: App): { readonly [path: string]: PathItem } {
  if (options.signIn === undefined) return {}
  const provider = providerOf(options.signIn.providers.map(({ name }) => name))
  return {
    [`${base}/start`]: { get: startObject(shelf, provider, options.signIn.returnTo) },
    [`${base}/callback`]: { get: callbackObject(shelf, provider), post: postedObject(shelf, provider) },
  }
}

interface Said {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly to: string
  readonly more: readonly Code[]
}

function redirectObject(shelf: Shelf, { id, summary, description, parameters, to, more }: Said): OperationObject {
  const path = `${apiRoot}/auth/oauth/google/${id}`
  return {
    operationId: `auth.oauth.${id}`,
    tags: [tag],
    summary,
    description,
    security: askedOfNobody,
    parameters: [...parameters, ...everyHead(shelf)],
    responses: {
      303: redirected(shelf, to),
      ...problemAnswers(shelf, kindsOf([...doorCodes, 'rate_limited', 'not_found', ...more]), {
        path,
        field: undefined,
      }),
      // It never succeeds with a body: whatever is none of these is a refusal too.
      default: problemResponse(shelf, [problemKinds.internal], { path, field: undefined }),
    },
  }
}

const kindsOf = (codes: readonly Code[]): ProblemKind[] =>
  Object.values(problemKinds).filter(({ code }) => codes.includes(code))

const redirected = (shelf: Shelf, description: string): Response => ({
  description,
  headers: { ...headersOf(shelf), Location: location },
})

const location: Header = {
  description: 'Where the browser goes next.',
  required: true,
  schema: { ...text(16_384, 1), format: 'uri-reference' },
}

function startObject(shelf: Shelf, provider: Parameter, places: readonly string[]): OperationObject {
  return redirectObject(shelf, {
    id: 'start',
    summary: 'Leave for another service',
    description:
      'Sends the browser to the service to sign in there, and remembers by a cookie that it is this browser. Not for ' +
      'programs: open it as a page.',
    parameters: [provider, challenge, returnTo(places)],
    to: 'To the service.',
    more: ['malformed'],
  })
}

function callbackObject(shelf: Shelf, provider: Parameter): OperationObject {
  return redirectObject(shelf, {
    id: 'callback',
    summary: 'Come back from another service',
    description:
      'Where the service sends the browser. It goes on to the place that `start` was given, with `code` and ' +
      '`provider` in the fragment, or `error` (`access_denied`, `refused`) in the place of the code.',
    parameters: [provider, ...answered],
    to: 'To the place in the app.',
    more: ['forbidden'],
  })
}

function postedObject(shelf: Shelf, provider: Parameter): OperationObject {
  const schema = {
    ...object({ code: anyText(4_096), state: anyText(200), iss: anyText(500), error: anyText(200) }, []),
    additionalProperties: true,
    description: 'What a service answers.',
  }
  return {
    ...redirectObject(shelf, {
      id: 'posted',
      summary: 'Come back from another service by a form',
      description: 'The same for services that answer by a form: it is asked once more by a link.',
      parameters: [provider],
      to: 'To the same address by a link.',
      more: bodyCodes,
    }),
    requestBody: {
      description: 'The answer of the service.',
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema, example: { code: 'SplxlOBeZQQYbYS6WxSbIA' } } },
    },
  }
}

const providerOf = (names: readonly string[]): Parameter => ({
  name: 'provider',
  in: 'path',
  description: 'The service, as the app calls it.',
  required: true,
  schema: { type: 'string', enum: names },
  example: names[0],
})

const challenge: Parameter = {
  name: 'challenge',
  in: 'query',
  description:
    'The SHA-256, in base64url, of a verifier that the client makes and keeps (RFC 7636). Without the verifier the ' +
    'code opens nothing.',
  required: true,
  schema: { ...text(43, 43), pattern: '^[A-Za-z0-9_-]{43}$' },
  example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

const returnTo = (places: readonly string[]): Parameter => ({
  name: 'returnTo',
  in: 'query',
  description: 'Where to go afterwards: one of the places that the app names. The first of them without it.',
  required: false,
  schema: { type: 'string', enum: places },
  example: places[0],
})

const answered: readonly Parameter[] = ['code', 'state', 'iss', 'error'].map((name) => ({
  name,
  in: 'query',
  description: 'As the service answers it (RFC 6749 §4.1.2, RFC 9207).',
  required: false,
  schema: anyText(4_096),
  example: 'af0ifjsldkj',
}))
