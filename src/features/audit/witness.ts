// Sees to it that every checkpoint stands in the anchor too, and that the database still has what stands there.
import { auditLimits } from '../../base/limits.ts'
import { type House, storeOf } from '../../call/house.ts'
import { quote, selectList } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { appendToAnchor, lastInAnchor } from './anchor.ts'
import { type Checkpoint, lastCheckpoint, markOf, readCheckpoint } from './checkpoint.ts'
import { checkpoints } from './nouns.ts'

interface Standing {
  /** The number up to which this process has seen to it. */
  number: number
  complainedAt: number
}

const standings = new WeakMap<House, Standing>()

/** Checkpoints that are written at once. */
const most = 1_000

/** Writes to the anchor what it does not have yet, and answers how much. What fails is logged, once a minute. */
export async function anchorNew(house: House): Promise<number> {
  const path = house.services.anchor
  const last = path === undefined ? undefined : await lastCheckpoint(house, readerOf(house))
  const standing = standings.get(house) ?? { number: 0, complainedAt: -Infinity }
  standings.set(house, standing)
  if (path === undefined || last === undefined || last.number <= standing.number) return 0
  try {
    const from = await agreedOn(house, path, standing)
    const fresh = await checkpointsAfter(house, from)
    if (fresh.length > 0) await appendToAnchor(path, fresh)
    standing.number = fresh.at(-1)?.number ?? last.number
    return fresh.length
  } catch (error) {
    complain(house, standing, { error, anchor: path }, 'The checkpoints of the audit cannot be written to its anchor.')
    return 0
  }
}

/** The number up to which the anchor has what the database has. */
async function agreedOn(house: House, path: string, standing: Standing): Promise<number> {
  const written = await lastInAnchor(path)
  if (written === undefined) return standing.number
  const [kept] = await checkpointsAfter(house, written.number - 1)
  if (kept !== undefined && markOf(kept) === markOf(written)) return written.number
  const told = { anchor: path, number: written.number, position: written.position }
  complain(house, standing, told, 'The anchor of the audit has a checkpoint that the database has not: verify it.')
  return standing.number
}

function complain(
  { log, clock }: House,
  standing: Standing,
  told: Readonly<Record<string, unknown>>,
  message: string,
): void {
  if (clock.ms() - standing.complainedAt < auditLimits.checkpointMs) return
  standing.complainedAt = clock.ms()
  log.error(told, message)
}

async function checkpointsAfter(house: House, number: number): Promise<Checkpoint[]> {
  const { layout, dialect } = storeOf(house, checkpoints.name)
  const draft = new Draft<number>(dialect)
  const after = draft.slot('int', (from) => from)
  const text =
    `select ${selectList(layout, dialect, 't')} from ${quote(layout.table)} as t where t."number" > ${after} ` +
    `order by t."number" limit ${most}`
  const made = draft.finish(text, layout.reads)
  const rows = await house.engine.query(made.statement, made.values(number))
  return rows.map((row) => readCheckpoint(layout, row))
}

const readerOf = ({ engine }: House): Parameters<typeof lastCheckpoint>[1] => ({ all: engine.query.bind(engine) })
