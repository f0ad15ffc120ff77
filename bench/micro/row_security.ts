// What it costs to say who asks: the ways to bind a caller to one read, by rate and by the CPU time of the server.
// Run: node --conditions=source bench/micro/row_security.ts [postgres://…]   (on the machine of the server)
import { readFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import pg from 'pg'
import { app, owner, ref, resource, text } from '../../src/index.ts'
import { join } from '../../src/define/model.ts'
import type { Actor, Statement } from '../../src/store/contract.ts'
import { applyDirectly } from '../../src/store/migrate/index.ts'
import { wantedTables } from '../../src/store/policies.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'

const ROWS = 100_000
const MS = 500
const ROUNDS = 9
const IN_FLIGHT = 32
const server = argv[2] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const name = 'plinth_bench_security'

const people = resource('people', { fields: {}, owner: 'id', allow: {} })
const notes = resource('notes', {
  fields: { author: ref(people, { readonly: true }), title: text({ max: 80 }) },
  owner: 'author',
  allow: { read: [owner] },
})
const model = join(app('bench', { people, notes }))

const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const me = idOf(1)
const as: Actor = { id: me, tenant: null, roles: [], verb: 'read' }
const list = '"id", "author", "title", "created_at"'
const reads = ['uuid', 'uuid', 'text', 'instant'] as const
const point: Statement = { text: `select ${list} from notes where "id" = $1::uuid`, reads }
const filtered: Statement = { text: `${point.text} and "author" = $2::uuid`, reads }
const called: Statement = { text: `select ${list} from notes_read($1, $2::uuid)`, reads }

// The way that was not taken: a function for each shape of read, which binds and selects.
const makeFunction = `create function notes_read(caller text, wanted uuid)
  returns table ("id" uuid, "author" uuid, "title" text, "created_at" timestamptz) language plpgsql as $$
  begin
    perform set_config('plinth.caller', caller, true), set_config('plinth.tenant', '', true),
      set_config('plinth.roles', '', true);
    return query select n."id", n."author", n."title" collate "default", n."created_at" from notes n where n."id" = wanted;
  end $$`

interface Way {
  readonly title: string
  call(n: number): Promise<unknown>
}

/** Nanoseconds that the server's processes have run. */
function ranNs(processes: readonly number[]): number {
  return processes.reduce((sum, id) => sum + Number(readFileSync(`/proc/${id}/schedstat`, 'utf8').split(' ')[0]), 0)
}

async function measure(way: Way, processes: readonly number[]): Promise<readonly [number, number]> {
  let calls = 0
  const start = performance.now()
  const before = ranNs(processes)
  const loop = async (at: number): Promise<void> => {
    while (performance.now() < start + MS) await way.call(at + calls++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, at) => loop(at)))
  return [(calls / (performance.now() - start)) * 1_000, (ranNs(processes) - before) / 1_000 / calls]
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

async function fill(client: pg.Client): Promise<void> {
  const id = `('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`
  const time = `timestamptz '2026-01-01', timestamptz '2026-01-01'`
  await client.query(`
    insert into people (id, created_at, updated_at) select ${id}, ${time} from generate_series(1, 100) n;
    insert into notes (id, author, title, created_at, updated_at)
      select ${id}, ('01890000-0000-7000-8000-' || lpad(to_hex(1 + n % 100), 12, '0'))::uuid, 'Title ' || n, ${time}
      from generate_series(1, ${ROWS}) n;
    ${makeFunction};
    grant execute on function notes_read to public;
    analyze`)
}

const url = new URL(server)
url.pathname = `/${name}`
const admin = new pg.Client(server)
await admin.connect()
await admin.query(`drop database if exists ${name} with (force)`)
await admin.query(`create database ${name} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`)
const open = await openPostgres({ url: url.href })
await applyDirectly(open, wantedTables(model, open.dialect, { rowSecurity: true }))
const client = new pg.Client(url.href)
await client.connect()
await fill(client)
const secured = await openPostgres({ url: url.href })
await secured.security?.enter()

// Notes of the caller's own: every hundredth.
const own = (n: number): string => idOf(100 * (1 + (n % (ROWS / 100 - 1))))
const nobody: Actor = { ...as, id: null }
const ways: readonly Way[] = [
  { title: 'no row security, the filter alone', call: async (n) => open.query(filtered, [own(n), me]) },
  {
    title: 'bound in the same transaction, filter and policy',
    call: async (n) => secured.query(filtered, [own(n), me], as),
  },
  { title: 'nobody, nothing to bind', call: async (n) => secured.query(point, [own(n)], nobody) },
  { title: 'the house, which takes its role', call: async (n) => secured.query(point, [own(n)]) },
  {
    title: 'a function that binds and selects',
    call: async (n) => secured.query(called, [me, own(n)], nobody),
  },
  {
    title: 'begin, bind, select, rollback in one flush',
    call: (n) => secured.snapshot(async (session) => session.all(filtered, [own(n), me], as)),
  },
]
const found = ways.map((): (readonly [number, number])[] => [])
for (let round = 0; round < ROUNDS; round++) {
  for (const [at, way] of ways.entries()) {
    await way.call(0)
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
    )
    found[at]?.push(
      await measure(
        way,
        rows.map(({ pid }) => pid),
      ),
    )
  }
}
const base = found[0] ?? []
for (const [at, { title }] of ways.entries()) {
  const runs = found[at] ?? []
  const rate = median(runs.map(([one]) => one))
  const ratio = median(runs.map(([one], round) => one / (base[round]?.[0] ?? one)))
  const cpu = median(runs.map(([, one]) => one))
  stdout.write(
    `${title.padEnd(52)} ${rate.toFixed(0).padStart(7)}/s  ${ratio.toFixed(2)}  server ${cpu.toFixed(1)} µs\n`,
  )
}
await Promise.all([open.close(), secured.close(), client.end()])
await admin.query(`drop database ${name} with (force)`)
await admin.query(`drop role if exists plinth_caller_${name}, plinth_system_${name}`)
await admin.end()
