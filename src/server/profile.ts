// A signed-in caller's own row of the app's profile resource: made on first use, so that owner rules find it.
import type { House } from '../call/house.ts'
import { storeOf } from '../call/house.ts'
import { draftNew } from '../call/draft.ts'
import { fromInside } from '../call/deed.ts'
import { noOne } from '../call/caller.ts'
import { transact } from '../call/transact.ts'

/** Makes the row if it is not there. Does nothing for an app without a profile resource. */
export async function ensureProfile(house: House, id: string): Promise<void> {
  const { profile } = house.model.app.options
  if (profile === undefined) return
  const rows = storeOf(house, profile.of.name)
  const made = rows.readById({ seen: undefined, count: 1 })
  const caller = { id: null, tenant: null }
  const found = await house.engine.query(made.statement, made.values({ ids: [id], caller }))
  if (found.length > 0) return
  const deed = { operation: `${profile.of.name}.profile`, caller: { ...noOne, id }, origin: fromInside }
  await transact(house, deed, { isolation: 'locked' }, async (tx, { session, changes, now }) => {
    const draft = await draftNew(house, rows, { ...profile.make(id), id }, now, tx)
    // Two first requests may race; the row of either will do.
    const made = await rows.upsert(session, [draft], { columns: ['id'], update: [] })
    if (made.length > 0) changes.push({ rows, before: undefined, after: draft })
  })
}
