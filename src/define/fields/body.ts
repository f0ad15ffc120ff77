// Checks a body against a set of fields: every wrong value found, every right one brought to its server value.
import { fieldCodes } from '../../base/pure/problem.ts'
import type { Field, Fields, Issues, Kind } from '../field.ts'
import { collectIssues, maxIssues, pointerTo, refuse } from './issues.ts'
import { nowhere, storedDefault } from './options.ts'

/**
 * `create`: what is missing gets its default, or null. `replace` (PUT): the same, but what only the server writes
 * stays out. `merge` (RFC 7396): only what is present, and null clears.
 */
export type BodyMode = 'create' | 'replace' | 'merge'

/** Server values by name, in the order of the fields. */
export type Body = { [field: string]: unknown }

/** Checks one body; undefined with the reasons in `issues`. `before` is the present row, for what merges inside. */
export type CheckBody = (
  wire: unknown,
  pointer: string,
  issues: Issues,
  mode: BodyMode,
  before?: { readonly [field: string]: unknown },
) => Body | undefined

/** A field, ready to be asked. */
interface Slot {
  readonly name: string
  /** The pointer's last token; names of fields need no escapes. */
  readonly token: string
  readonly kind: Kind
  /** `server` fields exist for a client but are not its to set; `hidden` ones do not exist for it. */
  readonly writer: 'client' | 'server' | 'hidden'
  readonly optional: boolean
  /** What is written where nothing is sent: undefined where there is neither a default nor null. */
  readonly missing: (() => unknown) | undefined
}

const fieldName = /^[a-zA-Z][a-zA-Z0-9_]*$/

/**
 * Makes the check of a set of fields. `served` are names the server sets on every row (id, createdAt): sending one is
 * answered `readonly`, not `unknown`. Fails with TypeError for a name that is not one.
 */
export function compileBody(fields: Fields, served: readonly string[] = []): CheckBody {
  const slots = Object.entries(fields).map(([name, field]) => slotOf(name, field))
  const known = new Set(slots.filter((slot) => slot.writer !== 'hidden').map((slot) => slot.name))
  const check: CheckBody = (wire, pointer, issues, mode, before) => {
    if (!isObject(wire)) return refuse(issues, pointer, 'wrong_type', 'Must be a JSON object.')
    const already = issues.found.length
    const taking: Taking = { body: {}, pointer, issues, mode, before: mode === 'merge' ? before : undefined }
    let seen = 0
    for (const slot of slots) {
      const sent = slot.writer !== 'hidden' && Object.hasOwn(wire, slot.name)
      if (sent) seen++
      const value = sent ? wire[slot.name] : undefined
      if (value !== undefined) take(slot, value, taking)
      else if (mode !== 'merge') fill(slot, taking)
    }
    if (seen < Object.keys(wire).length) refuseUnknown(wire, known, pointer, issues, served)
    return issues.found.length === already && already < maxIssues ? taking.body : undefined
  }
  return check
}

const compiled = new WeakMap<Fields, CheckBody>()

/** Checks one body against fields; the check is made once for each set of fields. Never throws for what is sent. */
export function checkBody(fields: Fields, ...call: Parameters<CheckBody>): Body | undefined {
  const check = compiled.get(fields) ?? compileBody(fields)
  compiled.set(fields, check)
  return check(...call)
}

function slotOf(name: string, field: Field<unknown, {}, string>): Slot {
  if (!fieldName.test(name)) throw new TypeError(`field "${name}": a name is letters, digits and _, a letter first`)
  const { options, kind } = field
  const server = options.readonly || options.derived || options.computed
  return {
    name,
    token: `/${name}`,
    kind,
    writer: options.private ? 'hidden' : server ? 'server' : 'client',
    optional: options.optional === true,
    missing: options.derived || options.computed ? undefined : missingOf(field),
  }
}

// An object is made anew for each row, or code that changes one row's value would change the next row's default.
function missingOf(field: Field<unknown, {}, string>): (() => unknown) | undefined {
  const { kind, options } = field
  if (options.default === undefined) return options.optional ? () => null : undefined
  const stored = storedDefault(field)
  if (stored === undefined || stored === null) return () => kind.parse([], '', collectIssues())
  return typeof options.default === 'object' ? () => kind.toValue(stored, nowhere) : () => options.default
}

interface Taking {
  readonly body: Body
  readonly pointer: string
  readonly issues: Issues
  readonly mode: BodyMode
  readonly before: { readonly [field: string]: unknown } | undefined
}

function take(slot: Slot, wire: unknown, { body, pointer, issues, before }: Taking): void {
  const at = pointer + slot.token
  if (slot.writer === 'server') return refuse(issues, at, 'readonly', 'The server sets this field; leave it out.')
  if (wire === null) {
    if (slot.optional) body[slot.name] = null
    else issues.add(at, 'required', 'A value is needed; null is not one.')
    return
  }
  const value = slot.kind.parse(wire, at, issues, before?.[slot.name])
  if (value !== undefined) body[slot.name] = value
}

function fill(slot: Slot, { body, pointer, issues, mode }: Taking): void {
  if (slot.writer !== 'client' && mode === 'replace') return
  if (slot.missing !== undefined) body[slot.name] = slot.missing()
  else if (slot.writer === 'client') issues.add(pointer + slot.token, 'required', fieldCodes.required)
}

/** An object of JSON: not null, not an array. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Adds every key of the object that is not known. */
export function refuseUnknown(
  wire: object,
  known: ReadonlySet<string>,
  pointer: string,
  issues: Issues,
  served: readonly string[] = [],
): void {
  for (const key of Object.keys(wire)) {
    if (known.has(key)) continue
    if (issues.found.length >= maxIssues) return
    const at = pointerTo(pointer, key)
    if (served.includes(key)) issues.add(at, 'readonly', 'The server sets this field; leave it out.')
    else issues.add(at, 'unknown', fieldCodes.unknown)
  }
}
