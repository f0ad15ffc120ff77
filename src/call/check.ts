// The step that judges the input before anything is opened: the body's shape, the list's parameters, who may set what.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import { compileBody, type BodyMode, type CheckBody } from '../define/fields/body.ts'
import { collectIssues } from '../define/fields/issues.ts'
import { isStandard, type StandardIssue, type StandardSchema } from '../define/input.ts'
import type { Noun, NounField } from '../define/noun.ts'
import type { Operation, OperationVerb } from '../define/operation.ts'
import { evaluate } from '../store/evaluate.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import type { Call, Step } from './call.ts'
import { satisfies } from './caller.ts'
import { checkHistory, checkList, checkShown } from './check_list.ts'
import { valuesOf } from './draft.ts'

/** Names that every row has and no client sets. */
const served = ['id', 'createdAt', 'updatedAt']

const modes: { readonly [V in OperationVerb]?: BodyMode } = { create: 'create', replace: 'replace' }

/** The step of an operation: what it checks is fixed when the app starts. */
export function checkOf(operation: Operation): Step {
  if (operation.verb === 'list') return checkList
  if (operation.verb === 'read') return checkShown
  if (operation.verb === 'history') return checkHistory
  if (operation.action !== undefined) return checkAction(operation)
  // A merge patch may go inside a value that is there (money), so it is judged once the row is loaded: `checkMerge`.
  const mode = modes[operation.verb]
  if (mode === undefined) return () => {}
  const check = compileBody(operation.noun.resource.fields, served)
  return (call) => {
    call.input = checkedBody(check, call.ask.body, mode)
    refuseForbidden(call, undefined)
  }
}

/** Checks a merge patch against the row it changes, and the rules of the fields it names. */
export function checkMerge(operation: Operation): Step {
  const check = compileBody(operation.noun.resource.fields, served)
  return (call) => {
    const { before, rows, house } = call
    if (before === undefined) return
    call.input = checkedBody(check, call.ask.body, 'merge', valuesOf(house.sealing, rows, before))
    refuseForbidden(call, before)
  }
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

// ---- rules of single fields

function refuseForbidden(call: Call, before: Whole | undefined): void {
  const { operation, rows } = call
  const sent = call.ask.body
  if (typeof sent !== 'object' || sent === null) return
  const guarded = guardedFields(operation.noun).filter((field) => Object.hasOwn(sent, field.name))
  const forbidden = guarded.filter((field) => !mayWrite(call, rows, field, before))
  if (forbidden.length === 0) return
  throw new Problem('forbidden', 'You may not set these fields.', {
    errors: forbidden.map(({ name }) => ({
      pointer: `/${name}`,
      code: 'forbidden',
      message: 'You may not set this field.',
    })),
  })
}

const guardedFields = (noun: Noun): NounField[] => noun.fields.filter((field) => field.write !== undefined)

function mayWrite({ caller }: Call, rows: RowStore, { write }: NounField, before: Whole | undefined): boolean {
  if (write === undefined || write.callers.some((rule) => satisfies(caller, rule))) return true
  if (before === undefined || caller.id === null) return false
  return write.rows.some((expr) => evaluate(expr, rows.layout, before.row, caller) === true)
}
