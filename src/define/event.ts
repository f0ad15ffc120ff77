// Something that happened to a row, told to whoever listens: kept in the same commit, delivered after it.
import type { Fields, Options } from './field.ts'
import type { Id, RowOf } from './infer.ts'
import type { AnyResource, Resource } from './resource.ts'
import type { Tx } from './tx.ts'

export interface EventSpec<R extends AnyResource, F extends Fields> {
  /** Whose row it happened to. The events of one row are numbered, and delivered in that order. */
  readonly of: R
  /** What is told beside the row's id. */
  readonly fields?: F
  /**
   * Makes today's data of data that an older version of the app emitted; asked only when that no longer fits the
   * fields. Without it such an event is set aside with the reason.
   */
  readonly upgrade?: (older: Readonly<Record<string, unknown>>) => unknown
  readonly description?: string
}

export interface Event<N extends string = string, R = AnyResource, F extends Fields = Fields> {
  readonly type: 'event'
  readonly name: N
  readonly of: R
  readonly fields: F
  readonly spec: PlainEventSpec
}

/** An event's spec with its types erased: what the model works with. */
export interface PlainEventSpec {
  readonly upgrade?: (older: Readonly<Record<string, unknown>>) => unknown
  readonly description?: string
}

/** Declares an event: `event('orders.paid', { of: orders, fields: { total: money('USD') } })`. The name lasts. */
export function event<const N extends string, R extends AnyResource, F extends Fields = {}>(
  name: N,
  spec: EventSpec<R, F>,
): Event<N, R, F> {
  checkEventName(name)
  const fields = Object.freeze(spec.fields ?? {}) as F // without fields, F is {}
  for (const [field, { options, of = {} }] of Object.entries(fields)) {
    for (const one of [options, ...Object.values(of).map((item) => item.options)]) checkTold(name, field, one)
  }
  return Object.freeze({ type: 'event', name, of: spec.of, fields, spec: Object.freeze({ ...spec }) })
}

function checkEventName(name: string): void {
  if (/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/.test(name) && name.length <= 80) return
  throw new TypeError(`event "${name}": a name is lower case words joined by dots, such as orders.paid, at most 80`)
}

// What is told leaves the house, and everybody gets the same; it is written once, by the code that emits it.
function checkTold(event: string, field: string, options: Options): void {
  for (const option of ['private', 'readonly', 'derived', 'computed'] as const) {
    if (options[option] !== true) continue
    throw new TypeError(
      `event "${event}": its field "${field}" is ${option}, which means nothing there; declare it anew`,
    )
  }
}

type NameOf<R> = R extends Resource<infer N, Fields, string> ? N : never

/** What a handler is told. */
export interface Told<R, F extends Fields> {
  /** The same on every delivery of this event. */
  readonly id: string
  /** The row it happened to. */
  readonly of: Id<NameOf<R>>
  /** Counts the events of that row, from 1. */
  readonly number: number
  readonly at: Date
  readonly data: RowOf<F>
}

export interface Handler {
  readonly type: 'handler'
  readonly name: string
  readonly event: Event
  readonly run: (call: { readonly event: Told<AnyResource, Fields>; readonly tx: Tx }) => Promise<void>
}

/**
 * Declares what happens after an event: code in a transaction of its own, which also notes that the event was handled,
 * so that what it does to the database is done exactly once. It is tried again until it succeeds or is set aside.
 * The name lasts: a handler of another name is another handler, and begins with the next event.
 */
export function handle<N extends string, R extends AnyResource, F extends Fields>(
  on: Event<N, R, F>,
  name: string,
  run: (call: { readonly event: Told<R, F>; readonly tx: Tx }) => Promise<void>,
): Handler {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new TypeError(`handler "${name}" of ${on.name}: a name is lower case letters, digits and -, at most 41`)
  }
  const erased = { event: on, run } as unknown as Pick<Handler, 'event' | 'run'> // it is told exactly this event's data
  return Object.freeze({ type: 'handler', name, ...erased })
}
