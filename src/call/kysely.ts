// `tx.sql`: Kysely over the open transaction, for what the verbs cannot say. It asks no rule: an escape hatch.
import type { Kysely } from 'kysely'
import type { AnyResource } from '../define/resource.ts'
import type { Work } from './verbs.ts'

export function openSql(_work: Work, _nouns: Readonly<Record<string, AnyResource>>): Kysely<never> {
  throw new TypeError('not yet')
}
