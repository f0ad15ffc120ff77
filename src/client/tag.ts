// Entity tags of the rows a client was answered: kept beside the rows, because they are no part of them.

const tags = new WeakMap<object, string>()

/** Remembers the tag an answer carried. */
export function keepTag(row: unknown, tag: string | null): void {
  if (typeof row === 'object' && row !== null && tag !== null) tags.set(row, tag)
}

/** The entity tag of a row, for `ifMatch`; undefined for rows of a list, which carry none. */
export const tagOf = (row: object): string | undefined => tags.get(row)
