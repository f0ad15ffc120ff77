// Asserts that a call is refused, and for which reason.
import assert from 'node:assert/strict'
import { ProblemError } from '../client/index.ts'

/**
 * Waits for the refusal and answers it. Fails where the call succeeds, is refused with another code, or names other
 * values than `errors`, which has a field code for each JSON pointer.
 */
export async function refused(
  call: Promise<unknown>,
  code: string,
  errors?: Readonly<Record<string, string>>,
): Promise<ProblemError> {
  const problem = await call.then(
    (answer) => assert.fail(`should be refused with ${code}, but was answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  )
  if (!(problem instanceof ProblemError)) throw problem
  assert.equal(
    problem.code,
    code,
    `${problem.status} ${problem.code}: ${problem.message} ${JSON.stringify(problem.errors)}`,
  )
  if (errors !== undefined) {
    assert.deepEqual(Object.fromEntries(problem.errors.map((error) => [error.pointer, error.code])), errors)
  }
  return problem
}
