// Every rule of migrations, by name: the planner writes the safe form, files written by hand are held to it.
import type { Rule } from './rule.ts'
import { rewritingRules, takingRules, typeRules } from './rules_columns.ts'
import { constraintRules, indexRules } from './rules_constraints.ts'
import { statementRules } from './rules_statements.ts'

export const rules: readonly Rule[] = [
  ...takingRules,
  ...rewritingRules,
  ...typeRules,
  ...constraintRules,
  ...indexRules,
  ...statementRules,
]
