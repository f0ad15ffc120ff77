// POST /auth/clients and /auth/clients/{id}/rotate: an administrator registers an application; secrets are shown once.
import { Problem } from '../../base/pure/problem.ts'
import type { House } from '../../call/house.ts'
import { houseAction, houseRowAction, Reply } from '../../call/house_action.ts'
import { boolean, choice, json, role, text } from '../../define/index.ts'
import { adminRole } from '../accounts/index.ts'
import { createSecret, type Secret } from '../auth/index.ts'
import { type ClientDraft, faultOf, hasSecret } from './client_rules.ts'
import { clients } from './nouns.ts'
import { scopeWords } from './scope_words.ts'

const admin = [role(adminRole)]
const uris = (description: string) => json({ default: [], maxBytes: 32_768, description })
const names = (description: string) => json({ default: [], maxBytes: 8_192, description })

/** What is told once. */
const shown = {
  id: text({ max: 36, description: 'Its `client_id`.' }),
  secret: text({ optional: true, max: 100, description: 'Shown now and never again; none where it can keep none.' }),
}

export const register = houseAction(clients, 'create', {
  description: 'Registers an application that people may sign in to with their account here.',
  allow: admin,
  input: {
    name: text({ min: 1, max: 80 }),
    kind: choice(['server', 'browser', 'native', 'machine'], {
      description: 'Where its code runs: `server` and `machine` keep a secret; a `machine` acts for nobody.',
    }),
    redirectUris: uris('Where people may be sent back to: whole addresses, compared sign by sign.'),
    postLogoutRedirectUris: uris('Where they may be sent after they signed out.'),
    scopes: names('What it may ask for, such as "openid", "email", "read" or "orders:read".'),
    idTokenAlgorithm: choice(['ES256', 'RS256'], {
      default: 'ES256',
      description: 'What its ID tokens are signed with; RS256 is for clients that know nothing else.',
    }),
    roles: names('What a machine acts with.'),
    firstParty: boolean({ default: false, description: 'One of our own: nobody is asked whether it may.' }),
    introspects: boolean({ default: false, description: 'May it ask about tokens that others were given?' }),
  },
  output: shown,
  status: 201,
  issuesCredentials: true,
  async run({ house, input, tx }) {
    const draft = {
      ...input,
      redirectUris: texts(input.redirectUris, '/redirectUris'),
      postLogoutRedirectUris: texts(input.postLogoutRedirectUris, '/postLogoutRedirectUris'),
      scopes: texts(input.scopes, '/scopes'),
      roles: texts(input.roles, '/roles'),
    }
    refuseFaults(house, draft)
    const secret = hasSecret(draft.kind) ? createSecret('client', house.random) : undefined
    const row = { ...draft, scopes: draft.scopes.join(' '), roles: draft.roles.join(' '), ...kept(secret) }
    const { id } = await tx.create(clients, row)
    return new Reply({ id, secret: secret?.text ?? null }, { Location: `/api/v1/auth/clients/${id}` })
  },
})

export const rotate = houseRowAction(clients, 'rotate', {
  description: 'Gives an application another secret, shown once. The one before is good no more.',
  allow: admin,
  output: shown,
  issuesCredentials: true,
  async run({ house, row, tx }) {
    if (!hasSecret(row.kind)) return new Problem('conflict', 'This application keeps no secret.')
    const secret = createSecret('client', house.random)
    await tx.update(clients, row.id, kept(secret))
    return { id: row.id, secret: secret.text }
  },
})

const kept = (secret: Secret | undefined) => ({ secretHash: secret?.hash ?? null, secretHint: secret?.hint ?? null })

function texts(value: unknown, pointer: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw invalid(pointer, 'Must be a list of texts.')
}

function refuseFaults(house: House, draft: ClientDraft): void {
  const fault = faultOf(draft, new Set(scopeWords(house.model).keys()))
  if (fault !== undefined) throw invalid(fault.pointer, fault.message)
}

const invalid = (pointer: string, message: string): Problem =>
  new Problem('invalid', 'This application cannot be registered.', {
    errors: [{ pointer, code: 'bad_check', message }],
  })
