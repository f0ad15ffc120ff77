// A refusal by a rule, with what it was asked of: the record explains it, and no answer shows it.
import { type Code, Problem, type ProblemExtras } from '../base/pure/problem.ts'
import type { StoredRow } from '../store/layout.ts'

/**
 * Where a rule was asked: of the `caller` alone, before anything is read; whether the row is `seen`; of the `row` that
 * is there; of single `fields`; of the row as it would be `left`.
 */
export type Stage = 'caller' | 'seen' | 'row' | 'fields' | 'left'

interface Asked {
  readonly stage: Stage
  /** The row that was asked about; undefined where none was read. */
  readonly row?: StoredRow | undefined
  readonly fields?: readonly string[]
}

/** Thrown where a rule says no. */
export class Denied extends Problem {
  readonly asked: Asked

  constructor(code: Code, detail: string, asked: Asked, extras: ProblemExtras = {}) {
    super(code, detail, extras)
    this.asked = asked
  }
}

/** The refusal by a rule that a problem is, or says again of an operation in a batch. */
export function deniedIn(problem: unknown): Denied | undefined {
  if (problem instanceof Denied) return problem
  return problem instanceof Problem && problem.cause instanceof Denied ? problem.cause : undefined
}
