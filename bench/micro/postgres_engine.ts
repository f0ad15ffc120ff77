// What one call of the PostgreSQL engine costs this process, beside the bare driver doing the same.
// Run: node --conditions=source bench/micro/postgres_engine.ts [postgres://…]
import { argv, cpuUsage, stdout } from 'node:process'
import pg from 'pg'
import { createStatements } from '../../src/store/migrate/create.ts'
import type { Column } from '../../src/store/catalog.ts'
import type { Engine, Statement } from '../../src/store/contract.ts'
import type { Storage } from '../../src/define/field.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'

const ROWS = 20_000
const MS = 2_000
const server = argv[2] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const name = 'plinth_bench_engine'

const storages: readonly Storage[] = [
  'uuid',
  'text',
  'text',
  'text',
  'int',
  'int',
  'wide',
  'bool',
  'bool',
  'instant',
  'instant',
  'date',
]
const columns: Column[] = storages.map((storage, at) => ({
  name: `c${at}`,
  storage,
  nullable: false,
  default: undefined,
}))
const list = columns.map((column) => `"${column.name}"`).join(', ')
const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const row = (n: number) => [
  id(n),
  `name ${n}`,
  `mail${n}@example.org`,
  'a text of some forty characters, as usual',
  n,
  7,
  '9007199254740993',
  true,
  false,
  '2025-01-01T00:00:00.120Z',
  '2026-11-25T00:00:00.000Z',
  '2025-02-03',
]

const point: Statement = { text: `select ${list} from rows where "c0" = $1::uuid`, reads: storages }
const page: Statement = {
  text: `select ${list} from rows where "c0" > $1::uuid order by "c0" limit 20`,
  reads: storages,
}
const insert: Statement = {
  text: `insert into rows (${list}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
  reads: [],
}
const lock: Statement = { text: `select "c4" from rows where "c0" = $1::uuid for update`, reads: ['int'] }
const update: Statement = { text: `update rows set "c4" = $2::bigint where "c0" = $1::uuid`, reads: [] }

/** Keeps so many calls in flight for a while; prints CPU of this process and wall time per call. */
async function measure(title: string, inFlight: number, call: (n: number) => Promise<unknown>): Promise<void> {
  let n = 0
  const loop = async (until: number): Promise<void> => {
    while (performance.now() < until) await call(n++)
  }
  const all = (ms: number): Promise<unknown> =>
    Promise.all(Array.from({ length: inFlight }, () => loop(performance.now() + ms)))
  await all(MS / 4)
  n = 0
  const [cpu, start] = [cpuUsage(), performance.now()]
  await all(MS)
  const { user, system } = cpuUsage(cpu)
  const perSecond = (n / (performance.now() - start)) * 1_000
  stdout.write(
    `${title.padEnd(52)} ${((user + system) / n).toFixed(1).padStart(7)} µs CPU  ${perSecond.toFixed(0).padStart(7)}/s\n`,
  )
}

async function reads(engine: Engine, bare: pg.Client): Promise<void> {
  const some = (n: number): string => id((n * 7_919) % ROWS)
  const asArrays = (one: Statement, key: string, n: number) => ({
    name: key,
    text: one.text,
    values: [some(n)],
    rowMode: 'array' as const,
  })
  for (let round = 0; round < 2; round++) {
    await measure('bare pg, one pipelined client: point read, 32', 32, (n) => bare.query(asArrays(point, 'point', n)))
    await measure('engine.query: point read, 32 in flight', 32, async (n) => engine.query(point, [some(n)]))
    await measure('engine.query: point read, 1 in flight', 1, async (n) => engine.query(point, [some(n)]))
    await measure('bare pg, one pipelined client: 20 rows, 32', 32, (n) => bare.query(asArrays(page, 'page', n)))
    await measure('engine.query: 20 rows, 32 in flight', 32, async (n) => engine.query(page, [some(n)]))
    await measure('engine.snapshot: two point reads, 16 in flight', 16, (n) =>
      engine.snapshot(async (session) => [
        await session.all(point, [some(n)]),
        await session.all(point, [some(n + 1)]),
      ]),
    )
  }
}

async function writes(engine: Engine, pool: pg.Pool): Promise<void> {
  let next = ROWS
  await measure('bare pg.Pool: begin, insert, commit, 16', 16, async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query({ name: 'insert', text: insert.text, values: row(next++) })
    await client.query('commit')
    client.release()
  })
  await measure('engine.write locked: one insert, 16 in flight', 16, () =>
    engine.write({ name: 'bench', isolation: 'locked' }, async (tx) => tx.all(insert, row(next++))),
  )
  await measure('engine.write serializable: one insert, 16 in flight', 16, () =>
    engine.write({ name: 'bench', isolation: 'serializable' }, async (tx) => tx.all(insert, row(next++))),
  )
  await measure('engine.write locked: lock, update, 16 in flight', 16, (n) =>
    engine.write({ name: 'bench', isolation: 'locked' }, async (tx) => {
      await tx.all(lock, [id(n % ROWS)])
      return tx.all(update, [id(n % ROWS), n])
    }),
  )
}

const admin = new pg.Client(server)
await admin.connect()
await admin.query(`drop database if exists ${name} with (force)`)
await admin.query(`create database ${name} encoding 'UTF8' template template0`)
const url = new URL(server)
url.pathname = `/${name}`
const engine = await openPostgres({ url: url.href })
const bare = new pg.Client({ connectionString: url.href, pipeline: true })
const pool = new pg.Pool({ connectionString: url.href, max: 10 })
await bare.connect()
const rows = { name: 'rows', columns, primaryKey: ['c0'], uniques: [], indexes: [], foreignKeys: [], checks: [] }
await engine.script(createStatements({ tables: [rows] }, engine.dialect, engine.facts))
for (let at = 0; at < ROWS; at += 1_000) {
  await engine.write({ name: 'fill', isolation: 'locked' }, async (tx) => {
    await Promise.all(Array.from({ length: 1_000 }, async (_, n) => tx.all(insert, row(at + n))))
  })
}
await engine.script(['analyze rows'])
await reads(engine, bare)
await writes(engine, pool)
await Promise.all([engine.close(), bare.end(), pool.end()])
await admin.query(`drop database ${name} with (force)`)
await admin.end()
