// Which versions are alive: every process writes a row now and then, and contract steps wait for the old ones to end.
import type { Clock } from '../../base/clock.ts'
import type { Table } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { ensureTable } from './journal.ts'

/** How often a process says it is alive, and after what silence it counts as gone; clocks may differ by the rest. */
export const heartbeatMs = 10_000
export const goneAfterMs = 60_000

/** A running process: an id of its own, and the version of the application it runs. */
export interface Process {
  readonly id: string
  readonly version: string
}

/** The table of living processes. */
export const processTable: Table = {
  name: '_plinth_processes',
  columns: [
    { name: 'id', storage: 'text', nullable: false, default: undefined },
    { name: 'version', storage: 'text', nullable: false, default: undefined },
    { name: 'seen', storage: 'instant', nullable: false, default: undefined },
  ],
  primaryKey: ['id'],
  uniques: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

/** Makes the table; a process does it once, before its first heartbeat. */
export const prepareProcesses = (engine: Engine): Promise<void> => ensureTable(engine, processTable)

/** Says that a process is alive; to be called every `heartbeatMs`. */
export async function beat(engine: Engine, { id, version }: Process, clock: Clock): Promise<void> {
  const { dialect } = engine
  const values = `${dialect.typed(1, 'text')}, ${dialect.typed(2, 'text')}, ${dialect.typed(3, 'instant')}`
  const again = 'on conflict ("id") do update set "version" = excluded."version", "seen" = excluded."seen"'
  const text = `insert into "${processTable.name}" ("id", "version", "seen") values (${values}) ${again}`
  await engine.write({ name: 'heartbeat', isolation: 'locked' }, async (tx) => {
    await tx.all({ text, reads: [] }, [id, version, clock.now().toISOString()])
  })
}

/** Takes a process out at its orderly end. */
export async function leave(engine: Engine, id: string): Promise<void> {
  const text = `delete from "${processTable.name}" where "id" = ${engine.dialect.typed(1, 'text')}`
  await engine.write({ name: 'leave', isolation: 'locked' }, async (tx) => {
    await tx.all({ text, reads: [] }, [id])
  })
}

/** Processes seen lately that run a version older than `oldest`; none for `*`. */
export async function olderProcesses(engine: Engine, oldest: string, clock: Clock): Promise<Process[]> {
  if (oldest === '*') return []
  const { tables } = await engine.introspect()
  if (!tables.some(({ name }) => name === processTable.name)) return []
  const since = new Date(clock.ms() - goneAfterMs).toISOString()
  const isAlive = `"seen" > ${engine.dialect.typed(1, 'instant')}`
  const text = `select "id", "version" from "${processTable.name}" where ${isAlive} order by "id"`
  const rows = await engine.query({ text, reads: ['text', 'text'] }, [since])
  const alive = rows.map(([id, version]) => ({ id: String(id), version: String(version) }))
  return alive.filter(({ version }) => isOlder(version, oldest))
}

const numbered = /^v?\d+(\.\d+)*$/

/** Dotted numbers by their value. Of other versions (a commit's hash) every one but `than` itself counts as older. */
export function isOlder(version: string, than: string): boolean {
  if (!numbered.test(version) || !numbered.test(than)) return version !== than
  const [one, other] = [numbersOf(version), numbersOf(than)]
  const at = Array.from({ length: Math.max(one.length, other.length) }, (_, n) => n).find(
    (n) => (one[n] ?? 0) !== (other[n] ?? 0),
  )
  return at !== undefined && (one[at] ?? 0) < (other[at] ?? 0)
}

const numbersOf = (version: string): number[] => version.replace(/^v/, '').split('.').map(Number)
