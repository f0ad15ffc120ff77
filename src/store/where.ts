// A rule's expression as SQL: the filter of lists, the condition of reads, the policies of tables come from one tree.
import type { Expr } from '../define/predicate.ts'
import type { Noun } from '../define/noun.ts'
import { exprSql, type Nouns, placeOf, type Voice } from './expr_sql.ts'
import { quote } from './layout.ts'
import { callOf, ruleFunction } from './rule_function.ts'
import type { Draft } from './sql.ts'

export type { Nouns }

/** The caller's facts a rule can ask. Null for a caller who is not signed in: equal to nothing. */
export interface CallerFacts {
  readonly id: string | null
  readonly tenant: string | null
}

/** Inputs of a statement that asks rules. */
export interface AsksCaller {
  readonly caller: CallerFacts
}

/** The expression over a row of `noun`, whose table has that alias in the statement. */
export function whereSql<T extends AsksCaller>(
  draft: Draft<T>,
  nouns: Nouns,
  noun: Noun,
  alias: string,
  expr: Expr,
): string {
  const { security, callsRules } = draft.dialect
  const voice: Voice = {
    constant: (stored, storage) => draft.slot(storage, () => stored),
    caller: (fact, storage) => draft.slot(storage, (input) => input.caller[fact]),
    table: quote,
    // Under row security the statement would see the other table through the rules of that one.
    exists:
      security === undefined || !callsRules
        ? undefined
        : (inner) => callOf(ruleFunction(security, nouns, noun, inner), alias),
  }
  return exprSql({ nouns, voice, places: new Map([[noun.name, placeOf(noun, alias)]]) }, expr)
}
