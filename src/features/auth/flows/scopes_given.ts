// Scopes as a client names them: a text of names with spaces between, each of which the model has.
import { Problem } from '../../../base/pure/problem.ts'
import { scopesOf } from '../../../call/scopes.ts'
import { text } from '../../../define/index.ts'
import type { Model } from '../../../define/model.ts'
import { scopesChars } from '../../accounts/index.ts'

/** The field they come in. */
export const scopesField = text({
  min: 1,
  max: scopesChars,
  example: 'read',
  description:
    'What the key may do of what its owner may, by spaces: `orders:read`, `orders:write`, `orders:pay` for that ' +
    'action alone; `read` and `write` for all of the app.',
})

/** The scopes as a key keeps them. Fails with invalid for one that the app does not have. */
export function scopesGiven(model: Model, given: string): string {
  const names = [...new Set(given.split(' ').filter((name) => name !== ''))]
  const known = scopesOf(model)
  const odd = names.find((name) => !known.has(name))
  if (odd === undefined && names.length > 0) return names.toSorted().join(' ')
  const message = odd === undefined ? 'Name a scope.' : `There is no scope "${odd.slice(0, 100)}".`
  throw new Problem('invalid', 'These are no scopes.', {
    errors: [{ pointer: '/scopes', code: 'bad_choice', message }],
  })
}
