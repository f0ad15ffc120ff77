// What the four imports share: the number that names a row in the data, the answer, and finding rows by their numbers.
import { type FieldError, integer, Problem } from 'plinth'

/** A key of the Northwind data. */
export const northwindNumber = integer({ min: 1, max: 2_147_483_647 })

/** How many rows an import made; those that were here already are not counted. */
export const imported = { imported: integer({ min: 0, max: 1_000 }) }

interface Looked {
  /** Where the input names the keys: `/products/{at}/supplier`. */
  readonly pointer: (at: number) => string
  readonly message: string
}

/** What each key stands for. Fails with invalid, naming every key that stands for nothing. */
export function lookUp<K, V>(known: ReadonlyMap<K, V>, keys: readonly K[], { pointer, message }: Looked): V[] {
  const errors: FieldError[] = []
  const found = keys.flatMap((key, at) => {
    const value = known.get(key)
    if (value === undefined) errors.push({ pointer: pointer(at), code: 'bad_reference', message })
    return value === undefined ? [] : [value]
  })
  if (errors.length > 0) throw new Problem('invalid', 'It refers to rows that are not there.', { errors })
  return found
}
