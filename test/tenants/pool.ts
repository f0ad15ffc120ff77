// Random queries of several tenants over three connections: each is answered with what is theirs, and all of it.
import { ownedClock } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Engine } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { postgresForTests } from '../postgres.ts'
import { serveOn, type Surface, tokenOf } from '../surface/test_server.ts'
import { pickOf } from './scripts.ts'
import { byHouse, peopled } from './several.ts'
import workshop, { boards } from './workshop.ts'

const tenants = ['ann', 'bob', 'cid']
const perTenant = 30
/** Requests under way at once: more than there are connections, so that each serves one tenant after another. */
const atOnce = 12

interface Board {
  readonly id: string
  readonly title: string
  readonly size: number
}

interface Tenant {
  readonly token: string
  readonly rows: readonly Board[]
}

/** Asks so many queries of each tenant; answers a line for each that was answered with anything else than its own. */
export async function wrongAnswers(
  queries: number,
  over: (engine: Engine) => Engine = (engine) => engine,
): Promise<readonly string[] | { readonly skip: string }> {
  const database = await postgresForTests(workshop)
  if ('skip' in database) return database
  // One for reads, two for transactions.
  const limits = { readers: 1, poolSize: 2, acquireMs: 60_000 }
  const engine = over(await openPostgres({ url: database.url, limits }))
  const clock = ownedClock('2026-01-01T00:00:00.000Z')
  const surface = await serveOn(workshop, { name: 'postgres', engine, clock })
  try {
    return await askAll(surface, await filled(surface), queries)
  } finally {
    await surface.close()
    await database.drop()
  }
}

async function filled(surface: Surface): Promise<readonly Tenant[]> {
  const made: Tenant[] = []
  for (const name of tenants) {
    const { organization, people } = await peopled(surface, name, ['owner'])
    const rows = Array.from({ length: perTenant }, (_, n) => ({ organization, title: `Plan ${n}`, size: n % 7 }))
    const there = await byHouse(surface, (tx) => tx.createMany(boards, rows))
    made.push({ token: tokenOf('clerk', people[0]!.account, organization), rows: there })
  }
  return made
}

async function askAll(surface: Surface, all: readonly Tenant[], queries: number): Promise<string[]> {
  const pick = pickOf(seededRandom(queries))
  const due = Array.from({ length: queries }, () => all)
    .flat()
    .map((tenant) => ({ tenant, query: pick.of(kinds)(pick, tenant, pick.of(pick.of(all).rows)) }))
  const wrong: string[] = []
  const worker = async (): Promise<void> => {
    for (let next = due.pop(); next !== undefined; next = due.pop()) {
      const { tenant, query } = next
      const { status, json } = await surface.ask({ as: tenant.token, ...query.ask })
      const got =
        json.data === undefined ? (status === 200 ? [json['id'] ?? json['size']] : [status]) : idsOf(json.data)
      if (got.join() !== query.wanted.join()) wrong.push(`${query.ask.url}: ${got.join()} not ${query.wanted.join()}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return wrong
}

const idsOf = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map(({ id }) => id)

interface Query {
  readonly ask: { readonly url: string; readonly body?: unknown }
  readonly wanted: readonly unknown[]
}

const root = '/api/v1/boards'
const ids = (rows: readonly Board[]): string[] => rows.slice(0, 20).map(({ id }) => id)
const by = (key: (row: Board) => string | number) => (a: Board, b: Board) =>
  key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id < b.id ? -1 : 1

/** A query of a tenant, which may name a row of anybody's. */
const kinds: readonly ((pick: ReturnType<typeof pickOf>, tenant: Tenant, row: Board) => Query)[] = [
  (_, { rows }) => ({
    ask: { url: `${root}?sort=title` },
    wanted: ids(rows.toSorted(by(({ title }) => title.toLowerCase()))),
  }),
  (pick, { rows }) => {
    const size = pick(7)
    return {
      ask: { url: `${root}?sort=size&size=${size}` },
      wanted: ids(rows.filter((row) => row.size === size).toSorted(by(() => 0))),
    }
  },
  (pick, { rows }) => {
    const size = pick(7)
    const own = rows.filter((row) => row.size >= size).toSorted(by((row) => row.size))
    return { ask: { url: `${root}?sort=-size&size[gte]=${size}` }, wanted: ids(own.toReversed()) }
  },
  (pick, { rows }) => {
    const title = `Plan ${pick(perTenant)}`
    return { ask: { url: `${root}?title=${title}` }, wanted: ids(rows.filter((row) => row.title === title)) }
  },
  (pick, { rows }) => {
    const word = String(pick(perTenant))
    const own = rows.filter(({ title }) => title.split(' ')[1]!.startsWith(word)).toSorted(by(({ title }) => title))
    return { ask: { url: `${root}?q=${word}&sort=title` }, wanted: ids(own) }
  },
  (_, { rows }, row) => ({ ask: { url: `${root}/${row.id}` }, wanted: rows.includes(row) ? [row.id] : [404] }),
  // In a transaction, by code.
  (_, { rows }, row) => ({
    ask: { url: `${root}/poke`, body: { id: row.id, how: 'lock' } },
    wanted: rows.includes(row) ? [row.size] : [404],
  }),
  (_, { rows }, row) => ({
    ask: { url: `${root}/poke`, body: { id: row.id, how: 'find' } },
    wanted: [rows.includes(row) ? 1 : 0],
  }),
]
