// The profile that comes with an account: checked at registration, made a row when the address is the person's.
import { type FieldError, Problem } from '../../../base/pure/problem.ts'
import { draftNew } from '../../../call/draft.ts'
import { type House, storeOf } from '../../../call/house.ts'
import type { Work } from '../../../call/work.ts'
import { compileBody } from '../../../define/fields/body.ts'
import { collectIssues } from '../../../define/fields/issues.ts'
import type { Tx } from '../../../define/tx.ts'
import { refusing } from '../../../call/refusal.ts'

type Values = Readonly<Record<string, unknown>>

/** Judges the profile given. Fails with invalid at each wrong field, and where the app has no profiles. */
export function checkProfile(house: House, given: unknown): Values {
  const noun = house.model.profile
  if (noun === undefined) {
    if (given === null || given === undefined) return {}
    throw invalid([{ pointer: '/profile', code: 'unknown', message: 'There is no such field.' }])
  }
  const issues = collectIssues()
  const body = compileBody(noun.resource.fields, ['id', 'createdAt', 'updatedAt'])(
    given ?? {},
    '/profile',
    issues,
    'merge',
  )
  if (body === undefined) throw invalid(issues.found)
  return body
}

const invalid = (errors: readonly FieldError[]): Problem =>
  new Problem('invalid', 'The profile is not valid.', { errors })

/** Makes the account's own row of the profile resource, if it is not there yet. Fails with conflict or invalid. */
export async function makeProfile(tx: Tx, work: Work, id: string, given: unknown): Promise<void> {
  const { house } = work
  const { profile } = house.model.app.options
  if (profile === undefined) return
  const rows = storeOf(house, profile.of.name)
  const values = { ...profile.make(id), ...checkProfile(house, given), id }
  const draft = await draftNew(house, rows, values, work.now, tx)
  const made = await refusing(rows, [draft], () => rows.upsert(work.session, [draft], { columns: ['id'], update: [] }))
  if (made.length > 0) work.changes.push({ rows, before: undefined, after: draft })
}
