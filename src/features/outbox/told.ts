// The data of an event as today's code takes it, also where an older version of the app emitted it.
import type { FieldError } from '../../base/pure/problem.ts'
import type { Values } from '../../call/draft.ts'
import { readWire } from '../../call/payload.ts'
import type { Event } from '../../define/event.ts'

/** The data, or why today's code cannot take it. */
export type Data = { readonly data: Values } | { readonly why: string }

/** Reads what was emitted, through the event's `upgrade` where it has another shape. */
export function dataOf({ fields, spec }: Event, wire: unknown): Data {
  const read = readWire(fields, wire)
  if ('value' in read) return { data: read.value }
  if (spec.upgrade === undefined) return { why: `its data has another shape, and there is no upgrade: ${wrong(read)}` }
  try {
    const upgraded = readWire(fields, spec.upgrade(Object.freeze({ ...Object(wire) })))
    if ('value' in upgraded) return { data: upgraded.value }
    return { why: `its data has another shape after the upgrade too: ${wrong(upgraded)}` }
  } catch (error) {
    return { why: `its upgrade failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const wrong = ({ errors }: { readonly errors: readonly FieldError[] }): string =>
  errors.map(({ pointer, message }) => `${pointer} ${message}`).join(' ')
