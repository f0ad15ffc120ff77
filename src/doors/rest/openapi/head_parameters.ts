// Parameters of the path and of the head: the row, preconditions, preferences, the request's own name.
import { keyLimits } from '../../../base/limits.ts'
import type { Model } from '../../../define/model.ts'
import { isSafe, needsKey, type Operation, takesKey } from '../../../define/operation.ts'
import { hasTenants } from '../../../define/tenant.ts'
import type { Address } from '../address.ts'
import type { Parameter, Reference } from './document.ts'
import { answersRow } from './answers.ts'
import type { Shelf } from './shelf.ts'
import { idText, requestIdText, sampleId, sampleRequestId, text } from './texts.ts'

/** What a tag is made of, but the comma that separates tags (RFC 9110 §8.8.3). */
const tag = String.raw`(?:W/)?"[!#-+\--~]*"`
const tagList = { ...text(1_024, 1), pattern: `^(?:\\*|${tag}(?: ?, ?${tag}){0,99})$` }

/** The parameters that are not of the list language. */
export function headParameters(shelf: Shelf, model: Model, { operation, path }: Address): Reference[] {
  const row = path.includes('/:id') ? [shelf.use('parameters', 'Id', () => id)] : []
  return [
    ...row,
    ...conditions(shelf, operation),
    ...preferences(shelf, operation),
    ...keys(shelf, operation),
    ...tenantHead(shelf, model),
    ...everyHead(shelf),
  ]
}

/** What every operation takes. */
export function everyHead(shelf: Shelf): Reference[] {
  return [
    shelf.use('parameters', 'RequestId', () => requestId),
    shelf.use('parameters', 'TraceParent', () => traceParent),
  ]
}

/** `Plinth-Tenant`, in an app where something belongs to organizations. */
export const tenantHead = (shelf: Shelf, { nouns }: Model): Reference[] =>
  hasTenants(nouns) ? [shelf.use('parameters', 'PlinthTenant', () => tenant)] : []

function conditions(shelf: Shelf, operation: Operation): Reference[] {
  if (operation.scope !== 'row' || operation.verb === 'history') return []
  if (isSafe(operation)) return [shelf.use('parameters', 'IfNoneMatch', () => ifNoneMatch)]
  const needed = needsMatch(operation)
  return [shelf.use('parameters', needed ? 'IfMatchNeeded' : 'IfMatch', () => ifMatch(needed))]
}

/** Is the change refused without `If-Match`? */
export const needsMatch = ({ noun, verb, scope }: Operation): boolean =>
  noun.resource.spec.requireMatch === true && scope === 'row' && ['update', 'replace', 'delete'].includes(verb)

function preferences(shelf: Shelf, operation: Operation): Reference[] {
  if (isSafe(operation)) return []
  if (answersRow(operation)) return [shelf.use('parameters', 'Prefer', () => prefer(['return=minimal', 'dry-run']))]
  return [dryRun(shelf)]
}

/** `Prefer: dry-run`, for what has no smaller answer. */
export const dryRun = (shelf: Shelf): Reference => shelf.use('parameters', 'PreferDryRun', () => prefer(['dry-run']))

function keys(shelf: Shelf, operation: Operation): Reference[] {
  if (!takesKey(operation)) return []
  return [needsKey(operation) ? shelf.use('parameters', 'IdempotencyKeyNeeded', () => key(true)) : keyParameter(shelf)]
}

/** `Idempotency-Key`, for what may come without one. */
export const keyParameter = (shelf: Shelf): Reference => shelf.use('parameters', 'IdempotencyKey', () => key(false))

const id: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The row that the segment before it names.',
  required: true,
  schema: idText,
  example: sampleId,
}

const tenant: Parameter = {
  name: 'Plinth-Tenant',
  in: 'header',
  description:
    'The organization to act for: its id. Who is in one alone may leave it out. 403 for one that is not there, and ' +
    'for one the caller is not in.',
  required: false,
  schema: idText,
  example: sampleId,
}

const requestId: Parameter = {
  name: 'X-Request-Id',
  in: 'header',
  description: 'A name for the request, kept in the answer and in the logs. Without one the server makes it.',
  required: false,
  schema: requestIdText,
  example: sampleRequestId,
}

const traceParent: Parameter = {
  name: 'traceparent',
  in: 'header',
  description: 'The trace this request belongs to (W3C Trace Context).',
  required: false,
  schema: { ...text(55, 55), pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
  example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description:
    'Tags of the row as the caller has it: 304 where one of them is still true. Not with `fields` or `expand`.',
  required: false,
  schema: tagList,
  example: '"7"',
}

function key(required: boolean): Parameter {
  const needed = required ? ' It is needed: 400 without it.' : ''
  return {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A new text for each thing to be done, a UUID best. However often the request comes with it within 30 days, it ' +
      `is done once and answered alike; with another request it is a 422.${needed}`,
    required,
    schema: { ...text(keyLimits.keyChars, 1), pattern: '^[!-~]+$' },
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  }
}

function ifMatch(required: boolean): Parameter {
  const needed = required ? 'It is needed: 428 without it.' : 'Without it the change is made whatever the row is.'
  return {
    name: 'If-Match',
    in: 'header',
    description: `Tags of the row as the caller knows it: 412 where it has changed since. ${needed}`,
    required,
    schema: tagList,
    example: '"7"',
  }
}

function prefer(wishes: readonly string[]): Parameter {
  const meanings = ['`return=minimal` answers without a body', '`dry-run` does it all, answers as if, and undoes it']
  return {
    name: 'Prefer',
    in: 'header',
    description: `Wishes (RFC 7240), separated by commas: ${meanings.slice(-wishes.length).join('; ')}.`,
    required: false,
    style: 'simple',
    explode: false,
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: wishes.length,
      uniqueItems: true,
      items: { type: 'string', enum: wishes },
    },
    example: wishes.slice(0, 1),
  }
}
