// Holds an answer against the contract: an undocumented status, header or shape is a finding.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import {
  isReference,
  type Header,
  type OpenApiDocument,
  type OperationObject,
  type PathItem,
  type Response,
} from '../doors/rest/openapi/document.ts'

/** An answer and what was asked. */
export interface Exchanged {
  readonly method: string
  /** As asked; a query does not matter. */
  readonly path: string
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The text of the body, '' where there is none; never compressed. */
  readonly body: string
}

/** What the answer does that the contract does not say, each in a sentence; nothing where all is well. */
export function checkAnswer(document: OpenApiDocument, exchanged: Exchanged): string[] {
  const path = exchanged.path.split('?', 1)[0] ?? ''
  const found = findPath(document, path)
  const asked = `${exchanged.method} ${path} → ${exchanged.status}`
  return judge(document, exchanged, found).map((finding) => `${asked}: ${finding}`)
}

interface FoundPath {
  readonly template: string
  readonly item: PathItem
}

function judge(document: OpenApiDocument, exchanged: Exchanged, found: FoundPath | undefined): string[] {
  const { status, body } = exchanged
  if (found === undefined) return judgeRefusal(document, exchanged, [404], 'the path is not in the contract')
  if (exchanged.method === 'OPTIONS' && status === 204) return body === '' ? [] : ['OPTIONS has a body']
  const method = exchanged.method === 'HEAD' ? 'get' : exchanged.method.toLowerCase()
  const operation = found.item[method]
  if (operation === undefined) return judgeRefusal(document, exchanged, [405], 'the method is not in the contract')
  const pointer = ['paths', found.template, method, 'responses', String(status)]
  const response = responseOf(document, operation, status)
  if (response === undefined) return ['the status is not in the contract']
  return [...judgeHeaders(document, response, exchanged), ...judgeBody(document, response, exchanged, pointer)]
}

function responseOf(document: OpenApiDocument, { responses }: OperationObject, status: number): Response | undefined {
  const response = responses[String(status)]
  if (response === undefined || !isReference(response)) return response
  return document.components.responses[nameOf(response.$ref)]
}

const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

// ---- paths

function findPath({ paths }: OpenApiDocument, path: string): FoundPath | undefined {
  const given = path.split('/')
  const fitting = Object.entries(paths).filter(([template]) => fits(template.split('/'), given))
  // A fixed segment is a better fit than a parameter, as it is for the router.
  const [best] = fitting.toSorted(([a], [b]) => a.split('{').length - b.split('{').length)
  return best && { template: best[0], item: best[1] }
}

const fits = (template: readonly string[], given: readonly string[]): boolean =>
  template.length === given.length && template.every((part, at) => part.startsWith('{') || part === given[at])

/** What the door refuses before it knows an operation. */
const doorStatuses: readonly number[] = [400, 414, 417, 431, 503]

function judgeRefusal(
  document: OpenApiDocument,
  exchanged: Exchanged,
  statuses: readonly number[],
  why: string,
): string[] {
  const { status } = exchanged
  if (!statuses.includes(status) && !doorStatuses.includes(status)) return [why]
  if (exchanged.method === 'HEAD') return []
  const type = essenceOf(exchanged.headers['content-type'])
  if (type !== 'application/problem+json') return [`the refusal is "${type}", not a problem`]
  return judgeJson(document, ['components', 'schemas', 'Problem'], exchanged.body)
}

// ---- headers

function judgeHeaders(document: OpenApiDocument, { headers }: Response, exchanged: Exchanged): string[] {
  return Object.entries(headers).flatMap(([name, said]) => {
    const header = isReference(said) ? document.components.headers[nameOf(said.$ref)] : said
    const value = exchanged.headers[name.toLowerCase()]
    if (header === undefined) return [`the contract does not say what header ${name} is`]
    if (value === undefined)
      return header.required === true && exchanged.status !== 304 ? [`header ${name} is missing`] : []
    return judgeHeader(document, name, header, value)
  })
}

function judgeHeader(document: OpenApiDocument, name: string, { schema }: Header, value: string): string[] {
  const validate = checkerOf(document).schema(schema)
  const wire: unknown = schema['type'] === 'integer' && /^-?\d+$/.test(value) ? Number(value) : value
  return validate(wire) ? [] : [`header ${name}: "${value}" ${messagesOf(validate).join(', ')}`]
}

// ---- bodies

function judgeBody(
  document: OpenApiDocument,
  { content }: Response,
  exchanged: Exchanged,
  pointer: readonly string[],
): string[] {
  const { body, headers, method } = exchanged
  if (body === '')
    return content === undefined || method === 'HEAD' || isMinimal(exchanged) ? [] : ['the body is missing']
  if (content === undefined) return ['there is a body, and the contract has none']
  const type = essenceOf(headers['content-type'])
  if (!(type in content)) return [`"${type}" is not a media type of the contract`]
  const place = isShared(document, pointer)
  const at = [...(place ?? pointer), 'content', type, 'schema']
  if (!type.endsWith('json')) return judgeValue(document, at, body)
  return judgeJson(document, at, body)
}

/** Where the shared response lies, if the operation refers to one. */
function isShared(
  document: OpenApiDocument,
  [, template = '', method = '', , status = '']: readonly string[],
): string[] | undefined {
  const response = document.paths[template]?.[method]?.responses[status]
  return response !== undefined && isReference(response)
    ? ['components', 'responses', nameOf(response.$ref)]
    : undefined
}

const isMinimal = ({ headers, status }: Exchanged): boolean =>
  status === 201 && (headers['preference-applied'] ?? '').includes('return=minimal')

const essenceOf = (type: string | undefined): string => (type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

function judgeJson(document: OpenApiDocument, pointer: readonly string[], body: string): string[] {
  try {
    return judgeValue(document, pointer, JSON.parse(body))
  } catch (error) {
    if (error instanceof SyntaxError) return ['the body is not JSON']
    throw error
  }
}

function judgeValue(document: OpenApiDocument, pointer: readonly string[], value: unknown): string[] {
  const validate = checkerOf(document).at(pointer)
  return validate(value) ? [] : messagesOf(validate)
}

function messagesOf({ errors }: ValidateFunction): string[] {
  const messages = (errors ?? []).map(({ instancePath, message, params }) => {
    const extra: unknown = params['additionalProperty'] ?? params['allowedValues']
    const named = extra === undefined ? '' : ` (${JSON.stringify(extra)})`
    return `${instancePath === '' ? 'it' : instancePath} ${message ?? 'is wrong'}${named}`
  })
  return [...new Set(messages)]
}

// ---- schemas, compiled once for each document

interface Checker {
  at(pointer: readonly string[]): ValidateFunction
  schema(schema: Header['schema']): ValidateFunction
}

const checkers = new WeakMap<OpenApiDocument, Checker>()

function checkerOf(document: OpenApiDocument): Checker {
  const known = checkers.get(document)
  if (known !== undefined) return known
  const made = makeChecker(document)
  checkers.set(document, made)
  return made
}

function makeChecker(document: OpenApiDocument): Checker {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  // Decimals are bound by their pattern; the format tells generators what they are.
  ajv.addFormat('decimal', true)
  ajv.addSchema(document, 'contract')
  const byPointer = new Map<string, ValidateFunction>()
  return {
    at(pointer) {
      const $ref = `contract#/${pointer.map(tokenOf).join('/')}`
      const validate = byPointer.get($ref) ?? ajv.compile({ $ref })
      byPointer.set($ref, validate)
      return validate
    },
    schema: (schema) => ajv.compile(schema), // kept by ajv itself, for each schema once
  }
}

const tokenOf = (token: string): string => encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'))
