// One address as OpenAPI describes it.
import { takesKey } from '../../../define/operation.ts'
import type { Address } from '../address.ts'
import { replayable } from './answer_headers.ts'
import { answersOf } from './answers.ts'
import type { OperationObject } from './document.ts'
import { failuresOf } from './failures.ts'
import { headParameters } from './head_parameters.ts'
import { listParameters, pageParameters } from './list_parameters.ts'
import type { Making } from './making.ts'
import { problemAnswers } from './problem_answers.ts'
import { fieldOfBody, requestBodyOf } from './request_body.ts'
import { securityOf } from './security.ts'
import { shownParameters } from './shown_parameters.ts'
import { sampleId } from './texts.ts'
import { descriptionOf, summaryOf } from './wording.ts'

/** Describes one address. */
export function operationObject(making: Making, address: Address): OperationObject {
  const { operation, path, name } = address
  const requestBody = requestBodyOf(making, operation)
  const answers = answersOf(making, operation)
  const asked = { path: path.replace(':id', sampleId), field: fieldOfBody(operation) }
  return {
    operationId: name,
    tags: [operation.path],
    summary: summaryOf(making, address),
    description: descriptionOf(making, address),
    security: securityOf(making.model, operation),
    parameters: [...headParameters(making.shelf, making.model, address), ...queryParameters(making, operation)],
    ...(requestBody && { requestBody }),
    responses: {
      ...(takesKey(operation) ? replayable(making.shelf, answers) : answers),
      ...problemAnswers(making.shelf, failuresOf(making.model, address), asked),
    },
  }
}

function queryParameters(making: Making, { verb, noun }: Address['operation']): OperationObject['parameters'] {
  if (verb === 'list') return listParameters(making, noun)
  if (verb === 'history') return pageParameters(making)
  return verb === 'read' ? shownParameters(making, noun) : []
}
