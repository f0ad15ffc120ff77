// Remembers which stored row an object of server values came from, so that answering with it needs no second read.
import type { RowStore, Whole } from '../store/row_store.ts'

interface Tag {
  readonly rows: RowStore
  readonly whole: Whole
}

const tags = new WeakMap<object, Tag>()

/** Tags the values with where they came from, and answers them. */
export function tagRow<T extends object>(values: T, rows: RowStore, whole: Whole): T {
  tags.set(values, { rows, whole })
  return values
}

/** The stored row behind an object that a verb of `tx` answered; undefined for an object that code made itself. */
export const tagOf = (values: object): Tag | undefined => tags.get(values)
