// The headers of answers, each described once.
import { type Header, type Headers, isReference, type Reference, type Responses } from './document.ts'
import type { Shelf } from './shelf.ts'
import { requestIdText, text } from './texts.ts'

const line = { pattern: '^[ -~]*$' }

const all = {
  'X-Request-Id': { description: 'The request, as the logs name it.', required: true, schema: requestIdText },
  RateLimit: {
    description:
      'What is left of the budget, and the seconds until it is full again (IETF draft). There where one is kept.',
    schema: { ...text(200, 1), ...line },
  },
  'RateLimit-Policy': {
    description: 'The budget: how many requests in how many seconds (IETF draft). There where one is kept.',
    schema: { ...text(200, 1), ...line },
  },
  'Access-Control-Allow-Origin': {
    description: 'The origin whose scripts may read the answer. There where the app names the origin of the request.',
    schema: { ...text(2_048, 1), ...line },
  },
  ETag: {
    description:
      'The tag of the row, for `If-Match` and `If-None-Match`. Not there where `fields` or `expand` is asked.',
    schema: { ...text(200, 2), pattern: '^"[!#-~]*"$' },
  },
  Location: {
    description: 'The address of the new row.',
    required: true,
    schema: { ...text(2_048, 1), format: 'uri-reference' },
  },
  Link: { description: 'The next page, as `rel="next"`, where there is one.', schema: { ...text(16_384, 1), ...line } },
  'Preference-Applied': {
    description: 'The wishes of `Prefer` that were granted.',
    schema: { ...text(100, 1), ...line },
  },
  'Retry-After': {
    description: 'Seconds to wait before asking again.',
    required: true,
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86_400 },
  },
  'Idempotent-Replayed': {
    description: 'There where the answer is that of an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
  },
  'WWW-Authenticate': { description: 'How to sign in.', required: true, schema: { ...text(500, 1), ...line } },
} satisfies { readonly [name: string]: Header }

export type HeaderName = keyof typeof all

const twin: Header = {
  description: 'Seconds to wait before asking again, where a request with the same `Idempotency-Key` is still at work.',
  schema: all['Retry-After'].schema,
}

/** `Retry-After` where it is there for the twin of a running call, and for nobody else. */
export const retryOfTwin = (shelf: Shelf): Headers => ({
  'Retry-After': shelf.use('headers', 'RetryAfterOfTwin', () => twin),
})

/** Answers that may be said again for a key. */
export function replayable(shelf: Shelf, responses: Responses): Responses {
  const header = { 'Idempotent-Replayed': headerOf(shelf, 'Idempotent-Replayed') }
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) =>
      isReference(response)
        ? [status, response]
        : [status, { ...response, headers: { ...response.headers, ...header } }],
    ),
  )
}

const always: readonly HeaderName[] = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Access-Control-Allow-Origin']

/** The headers of an answer: those every answer has, and its own. */
export function headersOf(shelf: Shelf, ...own: readonly HeaderName[]): Headers {
  return Object.fromEntries([...always, ...own].map((name) => [name, headerOf(shelf, name)]))
}

const headerOf = (shelf: Shelf, name: HeaderName): Reference =>
  shelf.use('headers', name.replaceAll('-', ''), (): Header => all[name])
