// Service accounts: made by administrators, with roles. Their keys are made as others' are.
import { houseAction, houseRowAction } from '../../../call/house_action.ts'
import { text } from '../../../define/index.ts'
import { administrators, rolesGiven, serviceAccounts } from '../../accounts/index.ts'

export const serviceAccountCreate = houseAction(serviceAccounts, 'create', {
  description: 'Makes an account for a program: it has roles, and calls by the keys that are made for it.',
  allow: [administrators],
  input: { name: text({ min: 1, max: 80 }), roles: rolesGiven },
  output: serviceAccounts,
  run: ({ input: { name, roles }, tx }) => tx.create(serviceAccounts, { name, roles }),
})

export const serviceAccountRoles = houseRowAction(serviceAccounts, 'roles', {
  description: 'Gives it these roles in the place of those it has, from its next request on.',
  allow: [administrators],
  input: { roles: rolesGiven },
  run: ({ row, input, tx }) => tx.update(serviceAccounts, row.id, { roles: input.roles }),
})
