// API keys: made and replaced by who proved a moment ago who they are; shown once, in the answer that makes them.
import { apiKeyLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction, houseRowAction, Reply } from '../../../call/house_action.ts'
import type { Work } from '../../../call/work.ts'
import { integer, ref, text, timestamp } from '../../../define/index.ts'
import type { New, Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { adminRole, apiKeys, serviceAccounts } from '../../accounts/index.ts'
import { type Proved, provedCaller } from '../factors/step_up.ts'
import { createSecret } from '../token/secret.ts'
import { tell } from '../steps/factors_changed.ts'
import { knownScopes, scopesField } from '../steps/scopes_given.ts'

type Key = Row<typeof apiKeys>

const keyFields = {
  id: text({ max: 36 }),
  key: text({ max: 60, example: 'plk_…', description: 'Shown now, and never again.' }),
  hint: text({ max: 8 }),
  scopes: scopesField,
  endsAt: timestamp({ optional: true }),
}

const endsAt = timestamp({ optional: true, description: 'When it is good no more; null for never.' })

export const keyCreate = houseAction(apiKeys, 'create', {
  description:
    'Makes a key of the caller, or of a service account for an administrator. It takes a proof of the last five ' +
    'minutes, and the owner gets a letter.',
  allow: [{ rule: 'signedIn' }],
  input: {
    name: text({ min: 1, max: 80 }),
    scopes: scopesField,
    endsAt,
    serviceAccount: ref(serviceAccounts, { optional: true, description: 'For an administrator: whose it is.' }),
  },
  output: keyFields,
  status: 201,
  issuesCredentials: true,
  async run({ caller, house, input, tx, work }) {
    const proved = await provedCaller(tx, caller)
    const { name, serviceAccount } = input
    if (serviceAccount !== null && !isAdministrator(proved)) return notYours()
    const scopes = knownScopes(house.model, input.scopes)
    const owner = { account: serviceAccount === null ? proved.account.id : null, serviceAccount }
    const made = await keyMade(tx, work, { ...owner, name, scopes, endsAt: input.endsAt })
    await tell(work, proved, 'keyMade')
    return new Reply(made, { Location: `/api/v1/auth/keys/${made.id}` })
  },
})

export const keyRotate = houseRowAction(apiKeys, 'rotate', {
  description:
    'Makes a key in the place of this one, with its scopes; this one lives on for the overlap. It takes a proof of ' +
    'the last five minutes.',
  allow: [{ rule: 'signedIn' }],
  input: {
    overlapSeconds: integer({
      min: 0,
      max: apiKeyLimits.overlapMs / 1_000,
      default: apiKeyLimits.overlapUsualMs / 1_000,
      description: 'How long the old key is good beside the new one.',
    }),
    endsAt: timestamp({ optional: true, description: 'When the new one ends; without it, it lives as long as this.' }),
  },
  output: keyFields,
  issuesCredentials: true,
  async run({ caller, row, input, tx, work, now }) {
    const proved = await provedCaller(tx, caller)
    if (!isTheirs(proved, row)) return notYours()
    if (row.replacedAt !== null) return new Problem('conflict', 'Another key took the place of this one already.')
    if (hasEnded(row, now)) return new Problem('conflict', 'This key has ended; make another.')
    const last = now.getTime() + input.overlapSeconds * 1_000
    const ends = new Date(Math.min(last, row.endsAt?.getTime() ?? last))
    await tx.update(apiKeys, row.id, { replacedAt: now, endsAt: ends })
    const { account, serviceAccount, name, scopes } = row
    const made = await keyMade(tx, work, {
      account,
      serviceAccount,
      name,
      scopes,
      endsAt: input.endsAt ?? asLong(row, now),
    })
    await tell(work, proved, 'keyMade')
    return made
  },
})

type Wanted = Pick<New<typeof apiKeys>, 'account' | 'serviceAccount' | 'name'> & Pick<Key, 'scopes' | 'endsAt'>

/** Makes a key; the answer is the one place where it can be read. Fails with invalid or conflict. */
export async function keyMade(tx: Tx, { house, now }: Work, wanted: Wanted) {
  const { account = null, serviceAccount = null } = wanted
  if (hasEnded(wanted, now)) throw overBefore()
  const known = await tx.find(apiKeys, serviceAccount === null ? { account } : { serviceAccount }, { limit: 1_000 })
  if (known.filter((one) => !hasEnded(one, now)).length >= apiKeyLimits.perOwner)
    throw new Problem('conflict', `Nobody has more than ${apiKeyLimits.perOwner} keys; revoke one first.`)
  const secret = createSecret('apiKey', house.random)
  const {
    id,
    hint,
    scopes,
    endsAt: ends,
  } = await tx.create(apiKeys, {
    ...wanted,
    hint: secret.hint,
    hash: secret.hash,
  })
  return { id, key: secret.text, hint, scopes, endsAt: ends }
}

const hasEnded = ({ endsAt: ends }: Pick<Key, 'endsAt'>, now: Date): boolean => ends !== null && ends <= now

const asLong = ({ endsAt: ends, createdAt }: Key, now: Date): Date | null =>
  ends && new Date(now.getTime() + ends.getTime() - createdAt.getTime())

const isAdministrator = ({ account }: Proved): boolean => account.roles.includes(adminRole)

// An administrator sees and revokes every key, and gets into their hands only what is nobody's own.
const isTheirs = (proved: Proved, { account, serviceAccount }: Key): boolean =>
  serviceAccount === null ? account === proved.account.id : isAdministrator(proved)

const notYours = (): Problem =>
  new Problem('forbidden', 'This is for its owner; keys of services are for administrators.')

const overBefore = (): Problem =>
  new Problem('invalid', 'The key would have ended already.', {
    errors: [{ pointer: '/endsAt', code: 'too_small', message: 'Must be in the future.' }],
  })
