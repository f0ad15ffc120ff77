// Roles as a client names them: a text of names with spaces between, in any order.
import { Problem } from '../../../base/pure/problem.ts'
import { text } from '../../../define/index.ts'
import { rolesChars, rolesOf, rolesText } from '../../accounts/index.ts'

/** The field they come in. */
export const rolesField = text({
  max: rolesChars,
  example: 'admin staff',
  description: 'Names of roles, by spaces; none where it is empty.',
})

/** The roles as an account keeps them. Fails with invalid for a name that no role can have. */
export function rolesGiven(given: string): string {
  try {
    return rolesText(rolesOf(given.trim().replaceAll(/ +/g, ' ')))
  } catch (cause) {
    const message = 'Must be names of lower case letters, digits, _ and -, with spaces between.'
    throw new Problem('invalid', 'These are no roles.', {
      cause,
      errors: [{ pointer: '/roles', code: 'bad_format', message }],
    })
  }
}
