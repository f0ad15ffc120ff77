// A step of a migration: statements that commit together or can be repeated, and what it means for the code of before.

/**
 * `expand` and `backfill` steps leave the code of before working; `contract` steps wait until no process of an older
 * version is alive.
 */
export type Phase = 'expand' | 'backfill' | 'contract'

export interface Step {
  /** What is done, in words: `add column orders.note`. */
  readonly name: string
  readonly phase: Phase
  /** The rule of `rules.ts` that says why it is done in this form. */
  readonly rule: string
  readonly sql: readonly string[]
  /** False for what PostgreSQL refuses inside a transaction; such a step can be repeated from its start. */
  readonly transaction: boolean
  /** True, or what is lost or refused by it: such a step is for a person to read before it runs. */
  readonly safe: true | { readonly unsafe: string }
  /** The oldest version that can run beside it; `*` is any. */
  readonly oldest: string
  /** The statement is run for a thousand rows at a time in the order of this key; `:batch` stands for the range. */
  readonly batch?: { readonly table: string; readonly key: readonly string[] }
  /** Why a statement that the rules refuse is right here; said by a person, or by the plan that knows both versions. */
  readonly assured?: string
  /** Foreign keys are off while it runs and checked as a whole before it commits. */
  readonly rebuild?: boolean
}

/** A change no step can make safely, with what to declare instead. */
export interface Refusal {
  readonly rule: string
  readonly subject: string
  readonly reason: string
  readonly instead: string
}

/** Steps in the order they run, and what is refused; a plan with a refusal cannot be written or applied. */
export interface Plan {
  readonly engine: string
  readonly steps: readonly Step[]
  readonly refused: readonly Refusal[]
}

/** What a plan may assume. */
export interface PlanOptions {
  /** The application's version; contract steps need every process to be this or newer. */
  readonly version?: string
  /** Values for rows that are there, by `table.column`, where a required column comes without a default. */
  readonly fill?: Readonly<Record<string, string | number | boolean>>
  /** Tables known to hold no rows, where a required column needs no value. */
  readonly empty?: ReadonlySet<string>
}
