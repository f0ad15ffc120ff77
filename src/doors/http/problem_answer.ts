// The one place that turns a failure into an answer: problem details (RFC 9457), the same wherever it failed.
import { nodeHttp } from '../../base/node_http.ts'
import { type FieldError, Problem } from '../../base/pure/problem.ts'
import type { DoorAnswer } from './route.ts'

export const problemType = 'application/problem+json'

/** What is not the failure's own: which request it belongs to. */
export interface Instance {
  readonly path: string
  readonly requestId: string
}

/** A body of problem details, its members in the order of SURFACE. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly instance: string
  readonly requestId: string
  readonly errors?: readonly FieldError[]
}

/** An instance longer than this only repeats what the caller sent. */
const INSTANCE_CHARS = 1_024

/** The body of a problem, as a value: for doors that place it inside another answer. */
export function problemBody(problem: Problem, at: Instance): ProblemBody {
  const { kind, errors } = problem
  return {
    type: `https://plinth.dev/problems/${kind.code}`,
    title: kind.title,
    status: kind.status,
    code: kind.code,
    detail: problem.message,
    instance: at.path.slice(0, INSTANCE_CHARS),
    requestId: at.requestId,
    ...(errors === undefined ? {} : { errors }),
  }
}

/** The answer to a problem, with the headers its status asks for. */
export function problemAnswer(problem: Problem, at: Instance): DoorAnswer {
  const body = JSON.stringify(problemBody(problem, at))
  return { status: problem.kind.status, headers: problemHeaders(problem), body, type: problemType }
}

function problemHeaders(problem: Problem): Readonly<Record<string, string>> {
  const own = problem.headers ?? {}
  const { status } = problem.kind
  if (status === 401) return { 'WWW-Authenticate': 'Bearer', ...own }
  return status === 429 || status === 503 ? { 'Retry-After': '1', ...own } : own
}

/** The problem behind whatever was thrown; what is not a problem is our failure and tells nothing but its request. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem('internal', 'The failure was recorded under the request id.', { cause: thrown })
}

/** The same answer as text for a bare socket, where no response object exists any more. */
export function rawProblem(problem: Problem, at: Instance, headers: readonly string[]): string {
  const answer = problemAnswer(problem, at)
  const body = String(answer.body)
  const lines = [`HTTP/1.1 ${answer.status} ${nodeHttp.STATUS_CODES[answer.status] ?? ''}`]
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`)
  lines.push(`Content-Type: ${problemType}`, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close')
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
