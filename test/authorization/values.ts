// Values for bodies and filters: valid ones for every kind of field, from the model alone.
import type { AnyField } from '../../src/define/resource.ts'
import type { Row, World } from './oracle.ts'

/** A server value as the text of a filter; undefined for what is not compared as text here. */
export function wireText(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return undefined
}

/** The first word of a text; '' for what is none. */
export const wordOf = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase().split(' ')[0]! : '')

/** A value as it stands in a body: what was read from the server, made ready to be sent. */
export function sendable(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value
}

/** Which rows a body may refer to. */
export type Pick = (target: string) => string | undefined

/** A valid value; undefined where it needs a row to refer to and there is none. */
export function sampleOf(field: AnyField, n: number, pick: Pick): unknown {
  const { to, of, kind } = field
  if (to !== undefined) return pick(to)
  if (of === undefined) return kind.sample(n)
  const inner = Object.entries(of).filter(([, one]) => one.options.readonly !== true && one.options.private !== true)
  return [Object.fromEntries(inner.map(([name, one]) => [name, sampleOf(one, n, pick)]))]
}

/** The first row of a resource for which it holds. */
export const firstId = (world: World, noun: string, holds: (row: Row) => boolean): string | undefined =>
  world.get(noun)?.find(holds)?.id
