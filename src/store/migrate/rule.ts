// What a rule of migrations is: a statement it recognizes, why that is not safe, and what to write instead.
import type { SqlStatement } from './statements.ts'
import type { Step } from './step.ts'

/** What a rule may look at besides the statement itself. */
export interface LintScene {
  readonly step: Step
  /** Tables made by the same file: nobody uses them yet. */
  readonly made: ReadonlySet<string>
  /** Tables with a constraint that an earlier step has proved. */
  readonly proved: ReadonlySet<string>
  /** Plain texts of the statements of the same step. */
  readonly beside: readonly string[]
}

export interface Rule {
  readonly name: string
  /** `shared`: only where code of the version before runs meanwhile, and waits for locks. */
  readonly where: 'everywhere' | 'shared'
  readonly reason: string
  readonly instead: string
  /** Why the rule is known and not asked. */
  readonly off?: string
  /** Is the statement one that the rule refuses? */
  finds(statement: SqlStatement, scene: LintScene): boolean
}

/** The table a statement is about, without quotes; '' where it names none. */
export function tableIn(plain: string): string {
  const named =
    /^(?:(?:alter|create|drop) table|update|delete from|insert into)(?: if (?:not )?exists)?(?: only)? "?([^\s"(]+)/
  return named.exec(plain)?.[1] ?? onTable(plain)
}

const onTable = (plain: string): string =>
  /^create (?:unique )?index .*? on (?:only )?"?([^\s"(]+)/.exec(plain)?.[1] ?? ''

/** Is it about a table nobody uses yet? */
export const isNew = (plain: string, scene: LintScene): boolean => scene.made.has(tableIn(plain))
