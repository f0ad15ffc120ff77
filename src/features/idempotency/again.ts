// Reads the row of an answer that was too large to keep, for the caller who got it, under the rules of today.
import type { Answer } from '../../call/call.ts'
import { speakFor } from '../../call/call_session.ts'
import { storeOf } from '../../call/house.ts'
import type { Once } from '../../call/keyed.ts'
import { reachOf, seenBy } from '../../call/permit.ts'
import { showRow } from '../../call/show.ts'
import { valueAt } from '../../store/layout.ts'
import type { Again } from './kept.ts'

/** The row as an answer; undefined where it is gone, or this caller may not read it any more. */
export async function showAgain(
  { house, caller, work }: Pick<Once, 'house' | 'caller' | 'work'>,
  { of, id }: Again,
): Promise<Answer | undefined> {
  const noun = [...house.model.nouns.values()].find(({ path }) => path === of)
  if (noun === undefined || work === undefined) return undefined
  const reach = reachOf(noun.allow.read, caller)
  if (reach === undefined) return undefined
  const [rows, session] = [storeOf(house, noun.name), speakFor(caller, work.session)]
  const made = rows.readById({ seen: seenBy(noun, reach.rows), count: 1 })
  const [whole] = await rows.wholes(session, await session.all(made.statement, made.values({ ids: [id], caller })))
  if (whole === undefined) return undefined
  const tag = String(valueAt(rows.layout, whole.row, 'version'))
  return { shape: 'row', of, value: showRow(house, rows, whole, caller), id, tag, created: false }
}
