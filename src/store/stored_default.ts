// A field's default as its column stores it: a constant of the table, so that old code may leave the column out.
import type { NounField } from '../define/noun.ts'
import type { Stored } from '../define/field.ts'
import { constantOf } from './expr_sql.ts'

/** Undefined where the field has no default, or one that only code can make. */
export function storedDefault(field: NounField): Stored | undefined {
  const given = field.field.options.default
  return given === undefined || given === null ? undefined : constantOf(field, given)
}
