// The batch as OpenAPI describes it: several operations in one transaction.
import { pageLimits } from '../../../base/limits.ts'
import { type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import type { JsonSchema } from '../../../define/field.ts'
import { isSafe } from '../../../define/operation.ts'
import { addressesOf, apiRoot } from '../address.ts'
import { headersOf } from './answer_headers.ts'
import { answersOf } from './answers.ts'
import { isReference, type OperationObject, type Schema } from './document.ts'
import { failuresOf } from './failures.ts'
import { dryRun, everyHead, keyParameter, tenantHead } from './head_parameters.ts'
import type { Making } from './making.ts'
import { object } from './noun_schemas.ts'
import { securityOfBatch } from './security.ts'
import { problemAnswers } from './problem_answers.ts'
import { anyText, sampleId, text } from './texts.ts'

/** Describes POST /batch. */
export function batchObject(making: Making): OperationObject {
  const { shelf } = making
  const asked = { path: `${apiRoot}/batch`, field: 'operations' }
  return {
    operationId: 'batch',
    tags: ['Service'],
    summary: 'Do several things at once',
    description:
      'Does up to 100 operations one after the other in one transaction: all of them happen, or none. ' +
      'In a body `{"$ref":"0/id"}`, and in a path `$0/id`, stand for what an earlier operation answered. ' +
      'Each counts as a request.',
    security: securityOfBatch(making.model),
    parameters: [dryRun(shelf), keyParameter(shelf), ...tenantHead(shelf, making.model), ...everyHead(shelf)],
    requestBody: {
      description: 'The operations, in their order.',
      required: true,
      content: {
        'application/json': { schema: shelf.use('schemas', 'Batch', batchSchema), example: batchExample(making) },
      },
    },
    responses: {
      200: {
        description: 'All of it is done.',
        headers: headersOf(shelf, 'Preference-Applied', 'Idempotent-Replayed'),
        content: {
          'application/json': {
            schema: shelf.use('schemas', 'BatchAnswer', () => answerSchema(making)),
            example: { results: [{ status: 204, headers: {}, body: null }] },
          },
        },
      },
      ...problemAnswers(shelf, failuresInside(making), asked),
    },
  }
}

/** Whatever one of its operations can fail with, the batch can. */
function failuresInside({ model }: Making): ProblemKind[] {
  const inside = writing(model).flatMap((address) => failuresOf(model, address))
  const own = [
    problemKinds.invalid,
    problemKinds.conflict,
    problemKinds.too_large,
    problemKinds.timeout,
    problemKinds.storage_full,
  ]
  const all = [...inside, ...own, problemKinds.malformed, problemKinds.unauthenticated, problemKinds.rate_limited]
  const door = [problemKinds.internal, problemKinds.unavailable, problemKinds.unsupported_media_type]
  const byCode = new Map([...all, ...door].map((kind) => [kind.code, kind]))
  const house = Object.values(problemKinds).filter(({ code }) => byCode.has(code))
  return [...house, ...[...byCode.values()].filter(({ code }) => !house.some((kind) => kind.code === code))]
}

const writing = (model: Making['model']): ReturnType<typeof addressesOf> =>
  addressesOf(model).filter(({ operation }) => !isSafe(operation))

function batchSchema(): JsonSchema {
  const item = object(
    {
      method: { type: 'string', enum: ['POST', 'PATCH', 'PUT', 'DELETE'] },
      path: {
        ...text(2_048, 1),
        pattern: `^${apiRoot}/[!-~]+$`,
        description: 'The address of an operation that writes.',
      },
      body: { description: 'The body that the operation takes by itself, references allowed in the place of values.' },
      ifMatch: { ...anyText(1_024, 1), description: 'What `If-Match` says of the operation by itself.' },
    },
    ['method', 'path'],
  )
  return {
    ...object({ operations: { type: 'array', minItems: 1, maxItems: pageLimits.batchOperations, items: item } }, [
      'operations',
    ]),
    description: 'Operations to do in one transaction.',
  }
}

function answerSchema(making: Making): JsonSchema {
  const result = object(
    {
      status: { type: 'integer', format: 'int32', minimum: 200, maximum: 299 },
      headers: object({ ETag: text200, Location: text200 }, []),
      body: {
        anyOf: [...bodiesInside(making), { type: 'null' }],
        description: 'What the operation answers by itself, or null.',
      },
    },
    ['status', 'headers', 'body'],
  )
  return {
    ...object({ results: { type: 'array', maxItems: pageLimits.batchOperations, items: result } }, ['results']),
    description: 'What the operations of a batch answered, in their order.',
  }
}

const text200 = anyText(2_048, 1)

/** The schemas of all answers that a batch can hold, each once. */
function bodiesInside(making: Making): Schema[] {
  const found = new Map<string, Schema>()
  for (const { operation } of writing(making.model)) {
    for (const answer of Object.values(answersOf(making, operation))) {
      const schema = isReference(answer) ? undefined : answer.content?.['application/json']?.schema
      if (schema !== undefined) found.set(JSON.stringify(schema), schema)
    }
  }
  return [...found.values()]
}

function batchExample({ model }: Making): unknown {
  const [first] = writing(model).filter(({ operation }) => operation.verb === 'delete' || operation.scope === 'row')
  const path = first?.path.replace(':id', sampleId) ?? `${apiRoot}/things/${sampleId}`
  return {
    operations: [{ method: first?.method ?? 'DELETE', path, ...(first && first.method !== 'DELETE' && { body: {} }) }],
  }
}
