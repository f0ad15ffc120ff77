// What is private or secret is in no entry, event, remembered answer, job or log line, however an operation ends.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { postgresForTests } from '../../../test/postgres.ts'
import { serveOn, type Surface, tokenOf } from '../../../test/surface/test_server.ts'
import type { Engine } from '../../store/contract.ts'
import { openPostgres } from '../../store/postgres/index.ts'
import { openSqlite } from '../../store/sqlite/index.ts'
import { settle } from '../../testing/settle.ts'
import { canaryApp } from './test_canary_app.ts'

const asOne = tokenOf('member', '01900000-0000-7000-8000-00000000000a')
const asStaff = tokenOf('staff', '01900000-0000-7000-8000-0000000000ff')

/** What flew in: texts that occur nowhere else, by what may become of them. */
class Canaries {
  /** Sealed wherever they are. */
  readonly secret: string[] = []
  /** In their own column and nowhere else. */
  readonly private: string[] = []
  /** Never written at all: in what was refused, misspelt or undone. */
  readonly refused: string[] = []
  readonly headers: string[] = []

  make(kind: 'secret' | 'private' | 'refused' | 'headers'): string {
    const canary = `canary${kind}${this[kind].length}zq`
    this[kind].push(canary)
    return canary
  }

  /** The input of an action that is kept, or one that is not. */
  input(isKept: boolean): { note: string; tag: string; pin: string } {
    const [open, sealed] = isKept ? (['private', 'secret'] as const) : (['refused', 'refused'] as const)
    return { note: this.make(open), tag: this.make(open), pin: this.make(sealed) }
  }
}

/** Every operation, with every end. */
async function fly({ ask }: Surface, canaries: Canaries): Promise<void> {
  const post = async (url: string, body: unknown, status: number, as: string | undefined = asOne): Promise<string> => {
    const said = await ask({ method: 'POST', url, as, body })
    assert.equal(said.status, status, `${url}: ${said.text}`)
    return typeof said.json['id'] === 'string' ? said.json['id'] : ''
  }
  const id = await post('/api/v1/boxes', { name: 'one', parts: [{ label: 'a' }] }, 201)
  const other = await post('/api/v1/boxes', { name: 'two' }, 201)
  const box = `/api/v1/boxes/${id}`
  const kept = canaries.input(true)
  await post(`${box}/keep`, kept, 204)
  await post(`${box}/keep`, canaries.input(true), 204)
  await post(`${box}/returned`, { ...canaries.input(true), tag: canaries.make('refused') }, 409)
  await post(`/own/keep`, canaries.input(true), 200)
  await post(`${box}/fault`, canaries.input(false), 500)
  await post(`${box}/refuse`, canaries.input(false), 409)
  await post(`/api/v1/boxes/${other}/keep`, { ...canaries.input(false), tag: canaries.make('private') }, 204)
  canaries.private.push(...canaries.refused.splice(-3, 1)) // the note of that one was kept
  canaries.secret.push(...canaries.refused.splice(-1, 1))
  await post(`${box}/broken`, canaries.input(false), 422)
  await post(`${box}/cast`, canaries.input(false), 503)
  await refusals(post, box, canaries)
  await batches(post, box, canaries)
  await heads({ ask, box }, canaries)
  await ask({ method: 'PATCH', url: box, as: asStaff, body: { name: 'renamed', grade: 3 } })
  await ask({ method: 'PUT', url: box, as: asStaff, body: { name: 'replaced' } })
  await ask({ method: 'DELETE', url: box, as: asStaff })
}

type Post = (url: string, body: unknown, status: number, as?: string) => Promise<string>

async function refusals(post: Post, box: string, canaries: Canaries): Promise<void> {
  const fly = (): string => canaries.make('refused')
  await post('/api/v1/boxes', { name: fly() }, 401, '')
  await post('/api/v1/boxes', { name: fly().repeat(9) }, 422)
  await post('/api/v1/boxes', { name: { deep: fly() }, [fly()]: fly(), pin: fly(), note: fly() }, 422)
  await post('/api/v1/boxes', { name: 'x', grade: 3, parts: [{ label: fly().repeat(9), mark: fly() }] }, 422)
  await post('/api/v1/boxes', `{"name": "${fly()}", "name": "${fly()}"`, 400)
  await post(`${box}/keep`, { note: fly().repeat(20), tag: fly(), pin: [fly()] }, 422)
  await post(`${box}/nowhere`, { note: fly() }, 404)
  await post('/api/v1/boxes/01900000-0000-7000-8000-000000000abc/keep', canaries.input(false), 404)
}

async function batches(post: Post, box: string, canaries: Canaries): Promise<void> {
  const keep = (isKept: boolean): object => ({ method: 'POST', path: `${box}/keep`, body: canaries.input(isKept) })
  const fault = (): object => ({ method: 'POST', path: `${box}/refuse`, body: canaries.input(false) })
  await post('/api/v1/batch', { operations: [keep(true), keep(true)] }, 200)
  await post('/api/v1/batch', { operations: [keep(false), fault()] }, 409)
}

async function heads({ ask, box }: Pick<Surface, 'ask'> & { readonly box: string }, canaries: Canaries): Promise<void> {
  const fly = (): string => canaries.make('headers')
  const key = { 'idempotency-key': fly() }
  const body = canaries.input(true)
  for (let twice = 0; twice < 2; twice++) {
    const said = await ask({ method: 'POST', url: `${box}/keep`, as: asOne, headers: key, body })
    assert.equal(said.status, 204, said.text)
  }
  for (const headers of [
    { authorization: `Bearer ${fly()}` },
    { authorization: `Basic ${fly()}` },
    { cookie: `session=${fly()}` },
  ]) {
    await ask({ method: 'PATCH', url: box, headers, body: { name: canaries.make('refused') } })
  }
  for (const query of [
    `pin=${fly()}`,
    `note[eq]=${fly()}`,
    `fields=${fly()}`,
    `${fly()}=1`,
    `after=${fly()}`,
    `q=${fly()}`,
  ])
    await ask({ url: `/api/v1/boxes?${query}`, as: asOne })
  const dry = { prefer: 'dry-run' }
  await ask({ method: 'POST', url: `${box}/keep`, as: asOne, headers: dry, body: canaries.input(false) })
}

// ---- where they may have got to

interface Place {
  readonly name: string
  readonly text: string
}

/** Every row of every table, as text. */
async function dump(engine: Engine): Promise<Place[]> {
  const { tables } = await engine.introspect()
  const places: Place[] = []
  for (const { name, columns } of tables) {
    const cells = columns.map((column) => `coalesce(cast("${column.name}" as text), '')`).join(` || ' ' || `)
    const rows = await engine.query({ text: `select ${cells} from "${name}"`, reads: ['text'] }, [])
    places.push({ name: `${engine.facts.name} ${name}`, text: rows.flat().join('\n') })
  }
  return places
}

const found = (canaries: readonly string[], places: readonly Place[]): string[] =>
  places.flatMap(({ name, text }) =>
    canaries.filter((canary) => text.includes(canary)).map((one) => `${one} in ${name}`),
  )

interface Flown {
  readonly canaries: Canaries
  readonly tables: readonly Place[]
  readonly log: Place
  readonly files: readonly Place[]
}

async function flown(isHidden: boolean, rounds: number, { engine, files }: Opened): Promise<Flown> {
  const surface = await serveOn(canaryApp(isHidden), { name: engine.facts.name, engine })
  try {
    const canaries = new Canaries()
    for (let round = 0; round < rounds; round++) await fly(surface, canaries)
    await settle(surface.server.house.house)
    const tables = await dump(engine)
    const bytes = files.filter((file) => existsSync(file)).map((name) => ({ name, text: readFileSync(name, 'latin1') }))
    return { canaries, tables, log: { name: 'the log', text: surface.lines.join('\n') }, files: bytes }
  } finally {
    await surface.close()
  }
}

const isOfTheHouse = ({ name }: Place): boolean => name.includes(' plinth_')

interface Opened {
  readonly engine: Engine
  /** Files that the engine keeps, where they can be read. */
  readonly files: readonly string[]
  drop(): Promise<void>
}

type Open = (name: string) => Promise<Opened | { readonly skip: string }>

const folder = mkdtempSync(join(tmpdir(), 'plinth-canary-'))
const engines: Readonly<Record<string, Open>> = {
  sqlite: async (name) => {
    const file = join(folder, `${name}.db`)
    return { engine: await openSqlite({ file }), files: [file, `${file}-wal`], drop: async () => {} }
  },
  postgres: async () => {
    const database = await postgresForTests()
    if ('skip' in database) return database
    return { engine: await openPostgres({ url: database.url }), files: [], drop: () => database.drop() }
  },
}

/** Registers the suite: so many rounds of canaries on each engine, and its controls. */
export function canarySuite(title: string, rounds: number): void {
  void describe(title, () => {
    after(() => rmSync(folder, { recursive: true, force: true }))
    for (const [name, open] of Object.entries(engines)) registerOn(name, open, rounds)

    void test('the control: a line of the log that tells one is found', () => {
      const line = { name: 'the log', text: '{"level":30,"note":"canaryprivate0zq"}' }

      assert.deepEqual(found(['canaryprivate0zq'], [line]), ['canaryprivate0zq in the log'])
    })
  })
}

function registerOn(name: string, open: Open, rounds: number): void {
  void test(`nothing that is hidden is found where it does not belong, on ${name}`, async (t) => {
    const opened = await open('hidden')
    if ('skip' in opened) return t.skip(opened.skip)
    const { canaries, tables, log, files } = await flown(true, rounds, opened)
    await opened.drop()

    const { secret, refused, headers } = canaries
    t.diagnostic(`${secret.length + refused.length + headers.length + canaries.private.length} canaries`)
    assert.deepEqual(found([...secret, ...refused, ...headers], [...tables, ...files, log]), [])
    assert.deepEqual(found(canaries.private, [...tables.filter(isOfTheHouse), log]), [])
    // They were written: the audit names the fields, and the columns hold what was kept last.
    const audit = tables.find((place) => place.name.endsWith(' plinth_audit'))
    assert.match(audit?.text ?? '', /note tag pin/)
    assert.ok(found(canaries.private, tables).length > 0)
  })

  void test(`the control: where nothing is hidden they are found, on ${name}`, async (t) => {
    const opened = await open('open')
    if ('skip' in opened) return t.skip(opened.skip)
    const { canaries, tables, files } = await flown(false, 1, opened)
    await opened.drop()

    const house = tables.filter(isOfTheHouse)
    assert.ok(found(canaries.private, house).some((one) => one.endsWith(' plinth_audit')))
    assert.ok(found(canaries.secret, house).some((one) => one.endsWith(' plinth_audit')))
    if (files.length > 0) assert.ok(found(canaries.secret, files).length > 0)
  })
}
