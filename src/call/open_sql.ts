// Loads Kysely when the first transaction asks for it: a process that never does is 20 MB smaller and starts sooner.
import { createRequire } from 'node:module'
import type { Kysely } from 'kysely'
import type { AnyResource } from '../define/resource.ts'
import type * as kysely from './kysely.ts'
import type { Work } from './work.ts'

const require = createRequire(import.meta.url)
// `tx.sql` answers at once, so the load cannot be awaited; a compiled package has .js where a checkout has .ts.
const file = import.meta.url.endsWith('.ts') ? './kysely.ts' : './kysely.js'

/** Opens Kysely over the transaction of `work`; the first call of a process takes some 50 ms. */
export function openSql(work: Work, nouns: Readonly<Record<string, AnyResource>>): Kysely<never> {
  const loaded = require(file) as typeof kysely // the module of that very name
  return loaded.openSql(work, nouns)
}
