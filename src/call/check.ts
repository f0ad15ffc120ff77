// The step that judges the input before anything is opened: the body's shape, the list's parameters, who may set what.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import { compileBody, type BodyMode, type CheckBody } from '../define/fields/body.ts'
import { collectIssues } from '../define/fields/issues.ts'
import { isStandard, type StandardIssue, type StandardSchema } from '../define/input.ts'
import type { Operation, OperationVerb } from '../define/operation.ts'
import type { Call, Step } from './call.ts'
import { checkHistory, checkList, checkShown } from './check_list.ts'
import { readableValues, refuseForbidden, withoutForbidden } from './field_rules.ts'

/** Names that every row has and no client sets. */
const served = ['id', 'createdAt', 'updatedAt']

const modes: { readonly [V in OperationVerb]?: BodyMode } = { create: 'create', replace: 'replace' }

/** The step of an operation: what it checks is fixed when the app starts. */
export function checkOf(operation: Operation): Step {
  if (operation.verb === 'list') return checkList
  if (operation.verb === 'read') return checkShown
  if (operation.verb === 'history') return checkHistory
  if (operation.action !== undefined) return checkAction(operation)
  // A merge patch may go inside a value that is there (money), so it is judged once the row is loaded: `checkChange`.
  const mode = modes[operation.verb]
  if (mode === undefined) return () => {}
  const check = compileBody(operation.noun.resource.fields, served)
  return (call) => {
    call.input = checkedBody(check, call.ask.body, mode)
    if (mode === 'create') refuseForbidden(call, undefined)
  }
}

/** Checks a change against the row it goes into: the rules of the fields it sets, and a merge patch as a whole. */
export function checkChange(operation: Operation): Step {
  if (operation.verb === 'replace') return checkReplace
  const check = compileBody(operation.noun.resource.fields, served)
  return (call) => {
    const { before } = call
    if (before === undefined) return
    refuseForbidden(call, before)
    call.input = checkedBody(check, call.ask.body, 'merge', readableValues(call, before))
  }
}

function checkReplace(call: Call): void {
  const { before } = call
  if (before === undefined) return
  refuseForbidden(call, before)
  call.input = withoutForbidden(call, before)
}

function checkedBody(
  check: CheckBody,
  wire: unknown,
  mode: BodyMode,
  before?: Readonly<Record<string, unknown>>,
): unknown {
  if (wire === undefined) throw new Problem('malformed', 'A JSON body is needed.')
  const issues = collectIssues()
  const body = check(wire, '', issues, mode, before)
  if (body === undefined) throw invalid(issues.found)
  return body
}

/** 422 with every wrong value. */
export function invalid(errors: readonly FieldError[]): Problem {
  const count = errors.length === 1 ? '1 value needs' : `${errors.length} values need`
  return new Problem('invalid', `${count} to be changed.`, { errors })
}

function checkAction(operation: Operation): Step {
  const input = operation.action?.spec.input
  if (input !== undefined && isStandard(input)) return (call) => checkStandard(call, input)
  const check = compileBody(input ?? {})
  return (call) => {
    // An action without input may be called without a body.
    const body = call.ask.body === undefined && Object.keys(input ?? {}).length === 0 ? {} : call.ask.body
    call.input = checkedBody(check, body, 'create')
  }
}

async function checkStandard(call: Call, schema: StandardSchema): Promise<void> {
  const result = await schema['~standard'].validate(call.ask.body)
  if (result.issues === undefined) call.input = result.value
  else throw invalid(result.issues.map(issueOf))
}

function issueOf({ message, path }: StandardIssue): FieldError {
  const keys = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return { pointer, code: 'bad_format', message }
}
