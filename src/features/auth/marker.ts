// Writes down beside a request, about once a minute, that something was used: it is nobody's deed, and wakes nobody.
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import { type House, storeOf } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { AnyResource } from '../../define/resource.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'

interface Use {
  readonly id: string
  readonly now: string
  /** One that another process wrote down since is enough. */
  readonly before: string
}

/** How often the use of one thing is written down at most. */
export const usedEveryMs = 60_000

const deed = { operation: 'auth.used', caller: noOne, origin: fromInside }

/** Marks rows of a noun that has `usedAt`. The request does not wait for it. */
export function createMarker(house: House, noun: AnyResource): (id: string) => void {
  const { layout, dialect } = storeOf(house, noun.name)
  const draft = new Draft<Use>(dialect)
  const now = draft.slot('instant', (use) => use.now)
  const id = draft.slot('uuid', (use) => use.id)
  const before = draft.slot('instant', (use) => use.before)
  const made = draft.finish(
    `update ${quote(layout.table)} set "used_at" = ${now}, "version" = "version" + 1 ` +
      `where "id" = ${id} and ("used_at" is null or "used_at" <= ${before})`,
    [],
  )
  const write = (use: Use): Promise<unknown> =>
    transact(house, deed, { isolation: 'locked' }, async (_tx, { session }) =>
      session.all(made.statement, made.values(use)),
    )
  return (row) => {
    const ms = house.clock.ms()
    const since = new Date(ms - usedEveryMs).toISOString()
    write({ id: row, now: new Date(ms).toISOString(), before: since }).catch((error: unknown) => {
      house.log.warn({ error, row }, 'a use was not written down')
    })
  }
}
