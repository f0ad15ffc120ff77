// Problems as answers: by status, each with its codes, its headers, and an example a person can learn from.
import { type Code, type FieldError, type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import { type ProblemBody, problemType } from '../../http/problem_answer.ts'
import { headersOf, type HeaderName, retryOfTwin } from './answer_headers.ts'
import type { Example, Reference, Response, Responses } from './document.ts'
import { pascal } from './names.ts'
import { problemSchema } from './problem_schema.ts'
import type { Shelf } from './shelf.ts'
import { sampleRequestId } from './texts.ts'

/** Details as the server words them; an app's own code has none but its title. */
const details: { readonly [C in Code]?: string } = {
  malformed: 'Parameter "limit": a number from 1 to 100.',
  unauthenticated: 'Sign in to do this.',
  forbidden: 'You are signed in, but not allowed to do this.',
  not_found: 'There is no such row.',
  not_acceptable: 'This address answers with application/json.',
  timeout: 'The request did not arrive in time.',
  conflict: 'Another row already has this value.',
  gone: 'It was here once.',
  precondition_failed: 'The row has changed since you read it; read it again.',
  too_large: 'The body may have 1048576 bytes.',
  uri_too_long: 'The query may have 8192 bytes.',
  unsupported_media_type: 'The body may be application/json.',
  expectation_failed: 'The only expectation is 100-continue.',
  invalid: '1 value needs to be changed.',
  precondition_required: 'Send If-Match with the ETag of the row you read.',
  rate_limited: 'At most 600 requests a minute; go on in 12 s.',
  headers_too_large: 'The headers may have 16384 bytes.',
  internal: 'The failure was recorded under the request id.',
  unavailable: 'Too much is going on at once; nothing was done. Try again.',
  storage_full: 'Nothing was written: the storage is full.',
}

const codes: ReadonlySet<string> = new Set(Object.keys(problemKinds))
const isHouseCode = (code: string): code is Code => codes.has(code)

/** What the examples say of the request they answer. */
export interface Asked {
  readonly path: string
  /** A field whose value could be wrong or taken. */
  readonly field: string | undefined
}

/** The answers for these problems, those of one status together. */
export function problemAnswers(shelf: Shelf, kinds: readonly ProblemKind[], asked: Asked): Responses {
  const statuses = [...new Set(kinds.map(({ status }) => status))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      answerFor(
        shelf,
        kinds.filter((kind) => kind.status === status),
        asked,
      ),
    ]),
  )
}

function answerFor(shelf: Shelf, kinds: readonly ProblemKind[], asked: Asked): Response | Reference {
  const [first] = kinds
  const isShared = kinds.length === 1 && first !== undefined && isHouseCode(first.code) && first.code !== 'invalid'
  if (!isShared) return problemResponse(shelf, kinds, asked)
  const plain = { path: '/api/v1', field: undefined }
  return shelf.use('responses', pascal(first.code), () => problemResponse(shelf, kinds, plain))
}

/** One answer for all problems of a status. */
export function problemResponse(shelf: Shelf, kinds: readonly ProblemKind[], asked: Asked): Response {
  const status = kinds[0]?.status ?? 500
  const code = { type: 'string', enum: kinds.map((kind) => kind.code) }
  const schema = { allOf: [problemSchema(shelf), { type: 'object', properties: { code } }] }
  const examples = Object.fromEntries(kinds.map((kind) => [kind.code, exampleOf(kind, asked)]))
  return {
    description: kinds.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
    headers: { ...headersOf(shelf, ...ownHeaders(status)), ...(status === 409 && retryOfTwin(shelf)) },
    content: { [problemType]: { schema, examples } },
  }
}

/** What is decided inside the transaction is remembered for a key; the others are decided anew each time. */
const remembered: readonly number[] = [403, 404, 409, 410, 412, 422, 428]

function ownHeaders(status: number): readonly HeaderName[] {
  if (status === 401) return ['WWW-Authenticate']
  if (remembered.includes(status)) return ['Idempotent-Replayed']
  return status === 429 || status === 503 ? ['Retry-After'] : []
}

function exampleOf(kind: ProblemKind, { path, field }: Asked): Example {
  const { code, title, status } = kind
  const detail = (isHouseCode(code) ? details[code] : undefined) ?? `${title}.`
  const errors = errorsOf(code, field)
  const value: ProblemBody = {
    type: `https://plinth.dev/problems/${code}`,
    title,
    status,
    code,
    detail,
    instance: path,
    requestId: sampleRequestId,
    ...(errors && { errors }),
  }
  return { summary: title, value }
}

function errorsOf(code: string, field: string | undefined): FieldError[] | undefined {
  if (code !== 'invalid') return undefined
  if (field === undefined) return [{ pointer: '/extra', code: 'unknown', message: 'There is no such field.' }]
  return [{ pointer: `/${field}`, code: 'wrong_type', message: 'The value has another type.' }]
}
