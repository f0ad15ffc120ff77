// The schemas of problem details (RFC 9457) and of one wrong value in them.
import { maxIssues } from '../../../define/fields/issues.ts'
import { fieldCodes } from '../../../base/pure/problem.ts'
import type { Reference } from './document.ts'
import type { Shelf } from './shelf.ts'
import { anyText, requestIdText, text } from './texts.ts'

/** A message may quote a whole query of 8 KiB. */
const DETAIL_CHARS = 16_384
const MESSAGE_CHARS = 4_096
/** As many levels as JSON may have, each key cut to 100 characters and its escapes. */
const POINTER_CHARS = 8_192

/** A problem, as every failure is answered. */
export function problemSchema(shelf: Shelf): Reference {
  return shelf.use('schemas', 'Problem', () => ({
    type: 'object',
    description: 'What went wrong, as RFC 9457 lays it out. Programs read `code`, people `detail`.',
    properties: {
      type: { ...text(200), format: 'uri', description: 'Address of the kind of problem.' },
      title: { ...anyText(200), description: 'The kind of problem, the same sentence every time.' },
      status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599, description: 'The HTTP status, again.' },
      code: { ...text(41), pattern: '^[a-z][a-z0-9_]{1,40}$', description: 'The kind of problem, for programs.' },
      detail: { ...anyText(DETAIL_CHARS), description: 'What went wrong this time, and what to do about it.' },
      instance: { ...anyText(1_024), description: 'The path that was asked for.' },
      requestId: { ...requestIdText, description: 'The request, as the logs name it.' },
      errors: {
        type: 'array',
        maxItems: maxIssues,
        items: fieldErrorSchema(shelf),
        description: 'Every wrong value, where values are what is wrong.',
      },
    },
    required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId'],
    additionalProperties: false,
  }))
}

function fieldErrorSchema(shelf: Shelf): Reference {
  const codes = Object.entries(fieldCodes).map(([code, meaning]) => `\`${code}\`: ${meaning}`)
  return shelf.use('schemas', 'FieldError', () => ({
    type: 'object',
    description: 'One wrong value.',
    properties: {
      pointer: { ...anyText(POINTER_CHARS), description: 'Where in the body it is: a JSON pointer (RFC 6901).' },
      code: { type: 'string', enum: Object.keys(fieldCodes), description: codes.join(' ') },
      message: { ...anyText(MESSAGE_CHARS), description: 'What to do about it.' },
    },
    required: ['pointer', 'code', 'message'],
    additionalProperties: false,
  }))
}
