// Scopes as a client names them: each is one that the app has.
import { Problem } from '../../../base/pure/problem.ts'
import { scopesOf } from '../../../call/scopes.ts'
import { names } from '../../../define/fields/names.ts'
import type { Model } from '../../../define/model.ts'
import { scopesForm } from '../../accounts/index.ts'

/** The field they come in. */
export const scopesField = names({
  each: scopesForm,
  least: 1,
  example: ['read'],
  description:
    'What the key may do of what its owner may: `orders:read`, `orders:write`, `orders:pay` for that action alone; ' +
    '`read` and `write` for all of the app.',
})

/** The scopes, when the app has each. Fails with invalid for one that it does not have. */
export function knownScopes(model: Model, given: readonly string[]): readonly string[] {
  const known = scopesOf(model)
  const odd = given.findIndex((name) => !known.has(name))
  if (odd === -1) return given
  throw new Problem('invalid', 'These are no scopes.', {
    errors: [{ pointer: `/scopes/${odd}`, code: 'bad_choice', message: `There is no scope "${given[odd]}".` }],
  })
}
