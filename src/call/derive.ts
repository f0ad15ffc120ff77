// The step that makes the row as it will be written: owner and tenant filled in, derived fields computed.
import { Problem } from '../base/pure/problem.ts'
import type { Noun } from '../define/noun.ts'
import type { Call } from './call.ts'
import type { Caller } from './caller.ts'
import { draftChanged, draftNew, type Values } from './draft.ts'
import { checkReferences } from './references.ts'

/** Sets the draft of a create, update or replace. Fails with invalid or forbidden. */
export async function derive(call: Call): Promise<void> {
  const { house, rows, tx, session, now, caller } = call
  if (tx === undefined || session === undefined) return
  const input = call.input as Values // `check` put the body's server values here for these verbs
  await checkReferences(call, session, rows.noun.resource.fields, input)
  call.draft =
    call.before === undefined
      ? await draftNew(house, rows, { ...belongings(rows.noun, caller), ...ownId(call), ...input }, now, tx)
      : await draftChanged(house, rows, call.before, input, now, tx)
}

/** Whose a new row is: the caller's, in the caller's tenant. Fails with forbidden where the caller is nobody. */
export function belongings(noun: Noun, caller: Caller): Values {
  const owned: Record<string, unknown> = {}
  if (noun.owner !== undefined && noun.owner !== 'id' && caller.id !== null) owned[noun.owner] = caller.id
  if (noun.tenant !== undefined) {
    if (caller.tenant === null) throw new Problem('forbidden', 'Choose the organization you act for.')
    owned[noun.tenant] = caller.tenant
  }
  return owned
}

// Who may create only their own profile creates the row of their own id; staff make other people's, which are new.
function ownId({ rows, access, caller }: Call): Values {
  return rows.noun.owner === 'id' && access.rows !== undefined && caller.id !== null ? { id: caller.id } : {}
}
