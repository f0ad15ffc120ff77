// Jobs written into the table: the columns that are set when one is promised; the others have their defaults.
import type { Storage, Stored } from '../../define/field.ts'
import type { Dialect } from '../../store/contract.ts'
import { type Layout, quote } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import type { Packed } from './input.ts'

/** A job as it is promised, in stored values. */
export interface NewJob extends Packed {
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly state: 'ready' | 'scheduled' | 'held'
  readonly attempts: number
  readonly dueAt: string
  readonly unique: string | null
  readonly inOrder: string | null
  /** `inOrder` within the tenant. */
  readonly line: string | null
  readonly schedule: string | null
  readonly caller: string | null
  readonly request: string
  readonly rank: number
  readonly tenant: string | null
  readonly holds: string | null
  readonly turn: number | null
  readonly followed: boolean
  readonly now: string
}

export interface Insert {
  readonly jobs: readonly NewJob[]
}

const columns: readonly (readonly [string, Storage, (job: NewJob) => Stored])[] = [
  ['id', 'uuid', (job) => job.id],
  ['name', 'text', (job) => job.name],
  ['queue', 'text', (job) => job.queue],
  ['state', 'text', (job) => job.state],
  ['input', 'text', (job) => job.input],
  ['hidden', 'text', (job) => job.hidden],
  ['attempts', 'int', (job) => job.attempts],
  ['due_at', 'instant', (job) => job.dueAt],
  ['unique', 'text', (job) => job.unique],
  ['in_order', 'text', (job) => job.inOrder],
  ['line', 'text', (job) => job.line],
  ['turn', 'int', (job) => job.turn],
  ['followed', 'bool', (job) => job.followed],
  ['schedule', 'text', (job) => job.schedule],
  ['caller', 'text', (job) => job.caller],
  ['request', 'text', (job) => job.request],
  ['rank', 'int', (job) => job.rank],
  ['tenant', 'text', (job) => job.tenant],
  ['holds', 'text', (job) => job.holds],
  ['created_at', 'instant', (job) => job.now],
  ['updated_at', 'instant', (job) => job.now],
]

/** Inserts jobs that hold no key. */
export function insert(dialect: Dialect, layout: Layout, count: number): Prepared<Insert> {
  const draft = new Draft<Insert>(dialect)
  return draft.finish(into(draft, layout, count), [])
}

/** Inserts jobs whose key nobody holds, and answers the ids of those. */
export function insertUnlessHeld(dialect: Dialect, layout: Layout, count: number): Prepared<Insert> {
  const draft = new Draft<Insert>(dialect)
  return draft.finish(`${into(draft, layout, count)} on conflict ("holds") do nothing returning "id"`, ['uuid'])
}

function into(draft: Draft<Insert>, layout: Layout, count: number): string {
  const tuples = Array.from({ length: count }, (_, at) => {
    const slots = columns.map(([, storage, of]) => draft.slot(storage, ({ jobs }) => of(jobs[at]!)))
    return `(${slots.join(', ')})`
  })
  const names = columns.map(([name]) => quote(name)).join(', ')
  return `insert into ${quote(layout.table)} (${names}) values ${tuples.join(', ')}`
}
