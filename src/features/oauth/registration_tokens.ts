// POST /auth/client-tokens: an administrator lets programs register themselves, so many and for so long.
import { oauthLimits } from '../../base/identity_limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import { houseAction, Reply } from '../../call/house_action.ts'
import { integer, role, text, timestamp } from '../../define/index.ts'
import { adminRole } from '../accounts/index.ts'
import { createSecret } from '../auth/index.ts'
import { registrationTokens } from './nouns.ts'

export const registrationTokenCreate = houseAction(registrationTokens, 'create', {
  description: 'Makes an initial access token, by which applications register themselves at `/oauth/register`.',
  allow: [role(adminRole)],
  input: {
    name: text({ min: 1, max: 80, description: 'For whom it is.' }),
    most: integer({ min: 1, max: oauthLimits.registrations, default: 1, description: 'How many may register by it.' }),
    hours: integer({ min: 1, max: oauthLimits.registrationHours, default: 24, description: 'How long it is good.' }),
  },
  output: {
    id: text({ max: 36 }),
    token: text({ max: 60, example: 'plg_…', description: 'Shown now, and never again.' }),
    endsAt: timestamp(),
  },
  status: 201,
  issuesCredentials: true,
  async run({ house, input: { name, most, hours }, tx }) {
    if (house.model.app.options.provider?.registration === undefined)
      return new Problem(
        'conflict',
        'This app lets no application register itself: its provider has no "registration".',
      )
    const secret = createSecret('registration', house.random)
    const endsAt = new Date(tx.now.getTime() + hours * 3_600_000)
    const { id } = await tx.create(registrationTokens, { name, hash: secret.hash, hint: secret.hint, most, endsAt })
    return new Reply({ id, token: secret.text, endsAt }, { Location: `/api/v1/auth/client-tokens/${id}` })
  },
})
