// Fills rows a thousand at a time in the order of their key, each batch a transaction that remembers how far it came.
import type { Storage, Stored } from '../../define/field.ts'
import type { Dialect, Engine, Statement } from '../contract.ts'
import { quoted } from './literal.ts'
import { lockTimeoutMs, patiently, type RunOptions } from './patience.ts'
import { tableOf } from './scene.ts'
import type { Step } from './step.ts'

/** Long enough to be worth a commit, short enough that nobody waits for its row locks. */
const batchRows = 1_000

type Batch = NonNullable<Step['batch']>
type Key = readonly Stored[]

/** Runs the step's statement over the whole table; resumes after `options.resume`. */
export async function runBatches(engine: Engine, step: Step, options: RunOptions): Promise<void> {
  const { batch, sql } = step
  if (batch === undefined) throw new TypeError(`${step.name} has no batches`)
  const storages = await keyStorages(engine, batch)
  const statement = (text: string | undefined, after: Key | undefined): Statement => ({
    text: (text ?? '').replace(':batch', range(batch.key, storages, after !== undefined, engine.dialect)),
    reads: [],
  })
  let after = options.resume === undefined ? undefined : keyFrom(options.resume)
  for (;;) {
    const start = after
    const end = await lastOfNext(engine, batch, storages, start)
    if (end === undefined) break
    await patiently(options, () =>
      engine.write({ name: step.name, isolation: 'locked' }, async (tx) => {
        if (engine.facts.manyProcesses)
          await tx.all({ text: `set local lock_timeout = ${lockTimeoutMs}`, reads: [] }, [])
        for (const text of sql) await tx.all(statement(text, start), [...(start ?? []), ...end])
        await options.saved?.(tx, JSON.stringify(end))
      }),
    )
    after = end
  }
  await engine.write({ name: step.name, isolation: 'locked' }, async (tx) => options.done?.(tx))
}

async function keyStorages(engine: Engine, { table, key }: Batch): Promise<Storage[]> {
  const { columns } = tableOf(await engine.introspect(), table)
  return key.map((name) => columns.find((column) => column.name === name)?.storage ?? 'text')
}

/** The key of the last row of the next batch: of the thousandth, or of the last there is. */
async function lastOfNext(
  engine: Engine,
  { table, key }: Batch,
  storages: readonly Storage[],
  after: Key | undefined,
): Promise<Key | undefined> {
  const { dialect } = engine
  const names = key.map(quoted)
  const select = key.map((name, at) => dialect.read(quoted(name), storages[at] ?? 'text')).join(', ')
  const where = after === undefined ? '' : ` where ${compare(names, '>', storages, 1, dialect)}`
  const columns = names.join(', ')
  const page = `select ${columns} from ${quoted(table)}${where} order by ${columns} limit ${batchRows}`
  const backwards = names.map((name) => `${name} desc`).join(', ')
  const last = `select ${select} from (${page}) as page order by ${backwards} limit 1`
  const [row] = await engine.query({ text: last, reads: storages }, after ?? [])
  return row
}

function range(key: readonly string[], storages: readonly Storage[], isLater: boolean, dialect: Dialect): string {
  const names = key.map(quoted)
  const upTo = compare(names, '<=', storages, isLater ? key.length + 1 : 1, dialect)
  return isLater ? `${compare(names, '>', storages, 1, dialect)} and ${upTo}` : upTo
}

// Row values compare like the key's index, so each batch reads its own stretch of it and nothing before.
function compare(
  names: readonly string[],
  operator: string,
  storages: readonly Storage[],
  from: number,
  dialect: Dialect,
): string {
  const values = names.map((_, at) => dialect.typed(from + at, storages[at] ?? 'text'))
  return names.length === 1
    ? `${names[0]} ${operator} ${values[0]}`
    : `(${names.join(', ')}) ${operator} (${values.join(', ')})`
}

function keyFrom(position: string): Key {
  const parsed: unknown = JSON.parse(position)
  if (!Array.isArray(parsed)) throw new TypeError('a position is a list of key values')
  return parsed.map((one: unknown) => {
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' || one === null) return one
    throw new TypeError('a position holds key values alone')
  })
}
