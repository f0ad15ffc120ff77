// One call: what was asked, who asks, and what the steps have found so far.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Operation } from '../define/operation.ts'
import type { Expr } from '../define/predicate.ts'
import type { Tx } from '../define/tx.ts'
import type { PageQuery } from '../store/page_query.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import type { Caller } from './caller.ts'
import type { ExpandTree } from './expand.ts'
import type { Origin } from './deed.ts'
import type { House } from './house.ts'
import type { Keyed, Sent } from './keyed.ts'
import type { CallSession } from './call_session.ts'
import type { Work } from './work.ts'

/** One condition of a list as the door read it: names and texts, nothing known of them yet. */
export interface AskedFilter {
  readonly field: string
  readonly operator: string
  readonly text: string
  /** The parameter as the caller wrote it, for messages. */
  readonly parameter: string
}

/** What a caller asks of a list or a row besides its body. */
export interface AskedQuery {
  readonly filters: readonly AskedFilter[]
  readonly sort: string | undefined
  readonly limit: string | undefined
  readonly after: string | undefined
  readonly fields: string | undefined
  readonly expand: string | undefined
  readonly words: string | undefined
  readonly count: string | undefined
}

/** What a door decoded. */
export interface Ask {
  readonly operation: Operation
  readonly id: string | undefined
  readonly query: AskedQuery | undefined
  readonly body: unknown
  /** Entity tags without quotes; `*` stands for any. */
  readonly ifMatch: readonly string[] | undefined
  readonly ifNoneMatch: readonly string[] | undefined
  readonly dryRun: boolean
  /** A list narrowed to the rows that refer to one parent. */
  readonly narrowed: { readonly field: string; readonly id: string } | undefined
  readonly signal: AbortSignal
  readonly origin: Origin
  /** The key that makes it once; undefined without one, and for what is not remembered. */
  readonly keyed: Keyed | undefined
}

/** What `permit` found: all rows, or those for which one of the expressions holds. */
export interface Access {
  readonly rows: readonly Expr[] | undefined
}

/** What code of the house adds to what is answered. */
export interface Told {
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export type Answer =
  | {
      readonly shape: 'row'
      /** The noun's path. */
      readonly of: string
      readonly value: unknown
      readonly id: string
      readonly tag: string
      readonly created: boolean
    }
  | {
      readonly shape: 'page'
      readonly data: readonly unknown[]
      readonly next: string | null
      readonly count: number | undefined
      readonly exact: boolean
    }
  | ({ readonly shape: 'value'; readonly value: unknown } & Told)
  | { readonly shape: 'unchanged'; readonly tag: string }
  | ({ readonly shape: 'nothing' } & Told)
  /** Written down already: by this call for its key, or by the earlier one that it is a twin of. */
  | { readonly shape: 'sent'; readonly sent: Sent; readonly isReplayed: boolean }

/** What a page or row shall show besides its own fields. */
export interface Shown {
  readonly fields: ReadonlySet<string> | undefined
  readonly expand: ExpandTree | undefined
}

export interface Call {
  readonly ask: Ask
  readonly operation: Operation
  readonly rows: RowStore
  readonly house: House
  readonly caller: Caller
  readonly clock: Clock
  readonly log: Log
  /** The time of this call: what its rows carry. */
  readonly now: Date
  /** `check`: the body as server values, or the action's input. */
  input: unknown
  /** `check`: the list asked for, without the rules. */
  query: Omit<PageQuery, 'rules' | 'fewWords'> | undefined
  counted: boolean
  shown: Shown
  /** `prepare`: what had to be awaited before the transaction. */
  prepared: unknown
  /** Between BEGIN and COMMIT. */
  session: CallSession | undefined
  tx: Tx | undefined
  /** The same, for writes: what the verbs work with. */
  work: Work | undefined
  /** `permit`. */
  access: Access
  /** `load`: the row as it is. */
  before: Whole | undefined
  /** `derive`: the row as it will be written. */
  draft: Whole | undefined
  /** `perform`: rows found or written, or what the action returned. */
  found: readonly Whole[]
  next: string | null
  count: number | undefined
  exact: boolean
  result: unknown
  /** `present`. */
  answer: Answer | undefined
  /** `replay`: an earlier call with the same key decided what is answered, and nothing is left to do. */
  isOver: boolean
}

/** One step: it reads and fills the call, or throws a Problem. */
export type Step = (call: Call) => void | Promise<void>
