// Items: a bounded list of small rows of their own, written and shown with the row that holds them.
import type { Field, Fields, Issues, Kind, Options } from '../field.ts'
import type { Flat, ItemTargets, NewOf, RowOf } from '../infer.ts'
import { type CheckBody, compileBody } from './body.ts'
import { counted, maxIssues, refuse } from './issues.ts'
import { checkBounds, defineField, type Only, wholeOption } from './options.ts'
import { objectSchema } from './schema.ts'

export interface ItemsOptions extends Options {
  /** Items at least; default 0. */
  readonly min?: number
  /** Items at most; default 100, at most 1,000. */
  readonly max?: number
  /** The empty list is what is optional about items. */
  readonly optional?: false
  readonly unique?: false
  /** Only the empty list. */
  readonly default?: readonly []
}

/**
 * A list of items with fields of their own, in a table of their own. Fails with TypeError for items inside items.
 * Sent as a whole: a patch that names the list replaces it.
 */
export function items<G extends Fields, const O extends ItemsOptions = {}>(
  of: G,
  options?: O & Only<O, ItemsOptions>,
): Field<Flat<RowOf<G>>[], O & { readonly of: G }, ItemTargets<G>, Flat<NewOf<G>>[]> {
  const max = wholeOption('items: max', options?.max, 100, 1, 1_000)
  const min = wholeOption('items: min', options?.min, 0, 0, 1_000)
  checkBounds('items', min, max)
  checkFields(of)
  checkChoices(options ?? {}, min)
  return defineField(itemsKind(of, { min, max }), options, ['min', 'max'], { of: Object.freeze(of) })
}

function checkFields(of: Fields): void {
  if (Object.keys(of).length === 0) throw new TypeError('items: an item has one field at least')
  for (const [name, field] of Object.entries(of)) {
    if (field.of !== undefined) throw new TypeError(`items: "${name}" holds items itself; make it a resource`)
    if (field.inverse !== undefined) throw new TypeError(`items: "${name}" is in an item, which no inverse can list`)
    if (field.options.unique) throw new TypeError(`items: "${name}" is in an item; only a row's own fields are unique`)
    if (field.options.computed) throw new TypeError(`items: "${name}" is computed; only a row's own fields can be`)
  }
}

function checkChoices(options: Options, min: number): void {
  if (options.optional) throw new TypeError('items: leave out optional; give `default: []` to allow none')
  if (options.unique) throw new TypeError('items: a list cannot be unique')
  const { default: initial } = options
  if (initial === undefined) return
  if (!Array.isArray(initial) || initial.length > 0) throw new TypeError('items: the default is the empty list or none')
  if (min > 0) throw new TypeError('items: the default is empty, and min asks for more')
}

interface Count {
  readonly min: number
  readonly max: number
}

function itemsKind(of: Fields, count: Count): Kind<object[]> {
  const check = compileBody(of)
  return {
    name: 'items',
    storage: undefined,
    folded: false,
    operators: [],
    sortable: false,
    checks: [],
    schema: { type: 'array', items: objectSchema(of, 'request'), minItems: count.min, maxItems: count.max },
    parse: (wire, pointer, issues) => parseItems({ check, count }, wire, pointer, issues),
    fromText: (value) => value,
    toStored: columnless,
    toValue: columnless,
    toWire: undefined,
    sample: (n) => sampleItems(of, count, n),
  }
}

function columnless(): never {
  throw new TypeError('items: they are rows of their own and have no column')
}

interface Wanted {
  readonly check: CheckBody
  readonly count: Count
}

function parseItems({ check, count }: Wanted, wire: unknown, pointer: string, issues: Issues): object[] | undefined {
  if (!Array.isArray(wire)) return refuse(issues, pointer, 'wrong_type', 'Must be a list.')
  if (wire.length < count.min) {
    return refuse(issues, pointer, 'too_few', `Must hold at least ${counted(count.min, 'item')}.`)
  }
  if (wire.length > count.max) {
    return refuse(issues, pointer, 'too_many', `Must hold at most ${counted(count.max, 'item')}.`)
  }
  const list: object[] = []
  for (let index = 0; index < wire.length && issues.found.length < maxIssues; index++) {
    const item = check(wire[index], `${pointer}/${index}`, issues, 'create')
    if (item !== undefined) list.push(item)
  }
  return list.length === wire.length ? list : undefined
}

/** As many items as are needed, one at least; each with another number, so that unique fields stay unique. */
function sampleItems(of: Fields, { min }: Count, n: number): object[] {
  const sent = Object.entries(of).filter(([, { options }]) => !options.readonly && !options.derived && !options.private)
  const item = (index: number): object =>
    Object.fromEntries(sent.map(([name, field]) => [name, field.options.example ?? field.kind.sample(index)]))
  return Array.from({ length: Math.max(min, 1) }, (_, index) => item(n * Math.max(min, 1) + index))
}
