// Holds the steps of a file to the rules; a step that says why it is assured is believed.
import type { Facts } from '../contract.ts'
import type { MigrationFile } from './file_format.ts'
import { type LintScene, tableIn } from './rule.ts'
import { rules } from './rules.ts'
import { type SqlStatement, statementsOf } from './statements.ts'
import type { Step } from './step.ts'

/** A statement that a rule refuses. */
export interface LintFinding {
  readonly step: string
  readonly rule: string
  readonly reason: string
  readonly instead: string
}

/** Everything the rules find in a file for an engine with these facts. */
export function lint(file: Pick<MigrationFile, 'steps'>, facts: Pick<Facts, 'manyProcesses'>): LintFinding[] {
  const made = new Set<string>()
  const proved = new Set<string>()
  return file.steps.flatMap((step) => {
    const statements = step.sql.flatMap((sql) => statementsOf(sql))
    for (const { plain } of statements) if (plain.startsWith('create table ')) made.add(tableIn(plain))
    const found = step.assured === undefined ? lintStep(step, statements, { made, proved }, facts) : []
    for (const { plain } of statements) if (plain.includes(' validate constraint ')) proved.add(tableIn(plain))
    return found
  })
}

type Known = Pick<LintScene, 'made' | 'proved'>

function lintStep(
  step: Step,
  statements: readonly SqlStatement[],
  known: Known,
  facts: Pick<Facts, 'manyProcesses'>,
): LintFinding[] {
  const scene: LintScene = { ...known, step, beside: statements.map((one) => one.plain) }
  const asked = rules.filter((rule) => rule.off === undefined && (rule.where === 'everywhere' || facts.manyProcesses))
  return statements.flatMap((statement) =>
    asked
      .filter((rule) => rule.finds(statement, scene))
      .map(({ name, reason, instead }) => ({ step: step.name, rule: name, reason, instead })),
  )
}
