// GET /auth/me: who the caller is.
import { meOf } from '../../../call/caller.ts'
import { houseView } from '../../../call/house_action.ts'
import { boolean, email, json, text } from '../../../define/index.ts'
import { storeOf } from '../../../call/house.ts'
import { showRow } from '../../../call/show.ts'
import { accounts, rolesGiven } from '../../accounts/index.ts'
import { rowOf } from '../../../call/look_up.ts'

export const me = houseView(accounts, 'me', {
  description: 'Who is signed in: the account, its roles, the organization it acts for, and its own row of the app.',
  allow: [{ rule: 'signedIn' }],
  output: {
    id: text({ max: 36 }),
    email: email({ optional: true }),
    verified: boolean(),
    roles: rolesGiven,
    tenant: text({ optional: true, max: 36, description: 'The organization that this request is for.' }),
    member: text({ optional: true, max: 41, description: 'The role in it.' }),
    profile: json({ optional: true }),
  },
  async run({ house, caller, session }) {
    const { id, roles, tenant, member } = meOf(caller)
    const account = await rowOf(house, accounts, id)
    const noun = house.model.profile
    const rows = noun && storeOf(house, noun.name)
    const made = rows?.readById({ seen: undefined, count: 1 })
    const found = made === undefined ? [] : await session.all(made.statement, made.values({ ids: [id], caller }))
    const [whole] = rows === undefined ? [] : await rows.wholes(session, found)
    return {
      id,
      email: account?.email ?? null,
      verified: account !== undefined && account.verifiedAt !== null,
      roles,
      tenant,
      member,
      profile:
        rows === undefined || whole === undefined
          ? null
          : JSON.parse(JSON.stringify(showRow(house, rows, whole, caller))),
    }
  },
})
