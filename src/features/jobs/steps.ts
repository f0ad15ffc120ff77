// The notes of a job's steps: what each answered, kept in the transaction that did it.
import { jobLimits } from '../../base/limits.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { jobSteps } from './nouns.ts'
import { laidOut } from './row.ts'

/** The JSON that each step of the job answered, by name; '' where it answered nothing. */
export async function stepsOf(house: House, job: string): Promise<Map<string, string>> {
  const { layout } = storeOf(house, jobSteps.name)
  const draft = new Draft<string>(house.engine.dialect)
  const id = draft.slot('uuid', (given) => given)
  const made = draft.finish(`select "name", "result" from ${quote(layout.table)} where "job" = ${id}`, ['text', 'text'])
  const rows = await house.engine.query(made.statement, made.values(job))
  return new Map(rows.map(([name, result]) => [String(name), result === null ? '' : String(result)]))
}

/** What a step answered, as JSON; '' for nothing. Fails with TypeError for what is none, or is too large. */
export function packResult(name: string, value: unknown): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined && value !== undefined) throw new TypeError(`step "${name}": its answer is no JSON`)
  const json = text ?? ''
  if (Buffer.byteLength(json) <= jobLimits.inputBytes) return json
  throw new TypeError(`step "${name}": its answer is larger than ${jobLimits.inputBytes} bytes; keep it in a row`)
}

export const unpackResult = (text: string): unknown => (text === '' ? undefined : JSON.parse(text))

/** Notes that a step was done, and what it answered. Fails with StoreError 'unique' where it was noted before. */
export async function noteStep(
  house: House,
  session: Session,
  job: string,
  name: string,
  result: string,
): Promise<void> {
  const rows = storeOf(house, jobSteps.name)
  const now = house.clock.now().toISOString()
  const row = laidOut(rows.layout, {
    id: house.id(),
    job,
    name,
    result: result === '' ? null : result,
    createdAt: now,
    updatedAt: now,
    version: 1,
  })
  await rows.insert(session, [{ row, items: [] }])
}
