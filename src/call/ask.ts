// What is asked where no request was decoded for it: by an operator, by a page, as a part of a batch.
import type { Ask } from './call.ts'

type Plain = Pick<Ask, 'operation' | 'origin' | 'signal'> & Partial<Ask>

/** An ask without conditions, without a key, and not for trial, but for what is given. */
export const plainAsk = (given: Plain): Ask => ({
  id: undefined,
  query: undefined,
  body: undefined,
  ifMatch: undefined,
  ifNoneMatch: undefined,
  dryRun: false,
  narrowed: undefined,
  keyed: undefined,
  ...given,
})
