// The addresses of the process itself: alive, ready, this contract and its reader.
import { type Code, type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import { problemType } from '../../http/problem_answer.ts'
import { contractPath, docsPath } from '../address.ts'
import { headersOf, type HeaderName } from './answer_headers.ts'
import type { MediaType, OperationObject, Parameter, PathItem, Response, Schema } from './document.ts'
import { doorCodes } from './failures.ts'
import { everyHead } from './head_parameters.ts'
import { object } from './noun_schemas.ts'
import { problemAnswers, problemResponse } from './problem_answers.ts'
import type { Shelf } from './shelf.ts'
import { anyText, text } from './texts.ts'

/** Nobody is asked who they are. */
const askedOfNobody: OperationObject['security'] = [{}]

/** Describes the four addresses. */
export function servicePaths(shelf: Shelf): { readonly [path: string]: PathItem } {
  return {
    [contractPath]: { get: contractObject(shelf) },
    [docsPath]: { get: docsObject(shelf) },
    '/health': { get: healthObject(shelf) },
    '/ready': { get: readyObject(shelf) },
  }
}

interface Said {
  readonly id: string
  readonly path: string
  readonly summary: string
  readonly description: string
}

function serviceObject(
  shelf: Shelf,
  said: Said,
  responses: OperationObject['responses'],
  more: readonly Parameter[] = [],
): OperationObject {
  const { id, path, summary, description } = said
  return {
    operationId: id,
    tags: ['Service'],
    summary,
    description,
    security: askedOfNobody,
    parameters: [...more, ...everyHead(shelf)],
    responses: {
      ...responses,
      ...problemAnswers(shelf, kindsOf(doorCodes), { path, field: undefined }),
      ...only503(responses),
    },
  }
}

// Readiness answers a 503 of its own, which the door's must not cover.
const only503 = (responses: OperationObject['responses']): OperationObject['responses'] =>
  responses['503'] === undefined ? {} : { 503: responses['503'] }

const kindsOf = (codes: readonly Code[]): ProblemKind[] =>
  Object.values(problemKinds).filter(({ code }) => codes.includes(code))

function contractObject(shelf: Shelf): OperationObject {
  const schema = shelf.use('schemas', 'Contract', () => ({
    type: 'object',
    description: 'An OpenAPI 3.1 document.',
    properties: {
      openapi: { ...text(10, 5), pattern: '^3\\.1\\.[0-9]+$' },
      info: { type: 'object', description: 'Title, version and description.' },
      paths: { type: 'object', description: 'The operations, by path and method.' },
    },
    required: ['openapi', 'info', 'paths'],
  }))
  const example = { openapi: '3.1.0', info: { title: 'Example', version: '1.0.0' }, paths: {} }
  const said = {
    id: 'contract',
    path: contractPath,
    summary: 'Read this contract',
    description: 'Answers the contract of this API: the document that says all of this.',
  }
  return serviceObject(shelf, said, kept(shelf, 'The contract.', 'application/json', { schema, example }), [
    ifNoneMatch,
  ])
}

function docsObject(shelf: Shelf): OperationObject {
  const html = { ...anyText(16_777_216, 1), description: 'A page for browsers.' }
  const said = {
    id: 'docs',
    path: docsPath,
    summary: 'Read this contract as a page',
    description: 'Answers the contract as a page for people, which asks nothing of any other server.',
  }
  const page = { schema: html, example: '<!doctype html>' }
  return serviceObject(shelf, said, kept(shelf, 'The page.', 'text/html', page), [ifNoneMatch])
}

const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Tags the caller has: 304 where one of them is still true.',
  required: false,
  schema: anyText(1_024, 1),
  example: '"Zm9v"',
}

function kept(shelf: Shelf, description: string, type: string, content: MediaType): OperationObject['responses'] {
  const unchanged: Response = { description: 'It is as the caller has it.', headers: headersOf(shelf, 'ETag') }
  return { 200: answer(shelf, description, type, content, ['ETag']), 304: unchanged }
}

function answer(
  shelf: Shelf,
  description: string,
  type: string,
  content: MediaType,
  own: readonly HeaderName[],
): Response {
  return { description, headers: headersOf(shelf, ...own), content: { [type]: content } }
}

function healthObject(shelf: Shelf): OperationObject {
  const schema = shelf.use('schemas', 'Health', () => ({
    ...object({ status: { type: 'string', enum: ['ok'] } }, ['status']),
    description: 'The process is alive.',
  }))
  const said = {
    id: 'health',
    path: '/health',
    summary: 'Ask whether the process is alive',
    description: 'Answers as long as the process can answer at all. For whoever restarts it.',
  }
  const content = { schema, example: { status: 'ok' } }
  return serviceObject(shelf, said, { 200: answer(shelf, 'It is alive.', 'application/json', content, []) })
}

function readyObject(shelf: Shelf): OperationObject {
  const schema = shelf.use('schemas', 'Readiness', readinessSchema)
  const yes = { schema, example: { status: 'ok', checks: { database: 'ok' } } }
  const no = { schema, example: { status: 'unavailable', checks: { database: 'unreachable' } } }
  const notNow = answer(shelf, 'Not now: it is starting, draining, or misses something.', 'application/json', no, [
    'Retry-After',
  ])
  const problem = problemResponse(shelf, [problemKinds.unavailable], { path: '/ready', field: undefined }).content?.[
    problemType
  ]
  const said = {
    id: 'ready',
    path: '/ready',
    summary: 'Ask whether it may take traffic',
    description: 'Answers whether everything it needs is there. For whoever balances requests.',
  }
  return serviceObject(shelf, said, {
    200: answer(shelf, 'It may.', 'application/json', yes, []),
    503: { ...notNow, content: { ...notNow.content, ...(problem && { [problemType]: problem }) } },
  })
}

function readinessSchema(): { readonly [keyword: string]: unknown } {
  const checks: Schema = {
    type: 'object',
    maxProperties: 100,
    additionalProperties: anyText(200),
    description: 'Each dependency, with a word for its state.',
  }
  const status = { type: 'string', enum: ['ok', 'draining', 'unavailable'] }
  return { ...object({ status, checks }, ['status', 'checks']), description: 'Whether the process may take traffic.' }
}
