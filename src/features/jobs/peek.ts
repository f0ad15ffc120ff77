// A look at the queue that locks nothing: is there anything to do, and when will there be.
import { type House, storeOf } from '../../call/house.ts'
import { quote } from '../../store/layout.ts'
import * as nouns from './nouns.ts'
import { layoutOf } from './row.ts'

export interface Glance {
  /** Some job is ready. */
  readonly isReady: boolean
  /** Some worker has not shown for its lease. */
  readonly isLost: boolean
  /** Some job must run in the order of a line. */
  readonly hasLines: boolean
  /** When the next one that waits for a time is due, in milliseconds since 1970. */
  readonly nextMs: number | undefined
}

/** Looks once. */
export async function peek(house: House): Promise<Glance> {
  const { dialect } = house.engine
  const table = quote(layoutOf(house).table)
  const next = `(select min("due_at") from ${table} where "state" = 'scheduled')`
  const workers = quote(storeOf(house, nouns.workers.name).layout.table)
  const lost = `exists (select 1 from ${workers} where "until" < ${dialect.now})`
  const lines = `exists (select 1 from ${table} where "line" is not null)`
  const ready = `exists (select 1 from ${table} where "state" = 'ready')`
  const text = `select ${dialect.read(next, 'instant')}, ${ready}, ${lost}, ${lines}`
  const [row] = await house.engine.query({ text, reads: ['instant', 'bool', 'bool', 'bool'] }, [])
  const [nextAt = null, isReady = false, isLost = false, hasLines = false] = row ?? []
  const nextMs = nextAt === null ? undefined : Date.parse(String(nextAt))
  return { isReady: isReady === true, isLost: isLost === true, hasLines: hasLines === true, nextMs }
}
