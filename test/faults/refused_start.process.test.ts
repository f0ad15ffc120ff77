// What a server does not open: a database that is held, one it cannot keep its promises on, and what is no database.
import assert from 'node:assert/strict'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { describe, type TestContext } from 'node:test'
import { cleanUp } from './clean_up.ts'
import { Connection } from './lanes.ts'
import { directoryFor, startServer, type ServerOptions } from './server.ts'

const HELD = 75
const STORAGE_FAILED = 70

/** A start must be refused with the code, in one line. */
async function refused(t: TestContext, code: number, said: RegExp, options: ServerOptions): Promise<void> {
  const server = startServer(t, options)
  const isUp = await server.up.then(
    () => true,
    () => false,
  )
  assert.equal(isUp, false, 'it serves')
  const ending = await server.ended
  assert.equal(ending.code, code, ending.said)
  assert.match(ending.said, /^[^\n]+\n$/, 'one line')
  assert.match(ending.said, said)
}

describe('a database that somebody has', () => {
  test('a second process exits 75, by whatever path it comes, and the first goes on', async (t) => {
    const directory = directoryFor(t)
    const file = join(directory, 'data', 'app.db')
    const first = startServer(t, { file })
    const origin = await first.up
    symlinkSync(file, join(directory, 'link.db'))
    symlinkSync(join(directory, 'data'), join(directory, 'other'))
    const paths = [join(directory, 'link.db'), join(directory, 'other', 'app.db')]

    for (const path of paths) await refused(t, HELD, /app\.db is in use by another process/, { file: path })

    const connection = new Connection(origin)
    assert.equal((await connection.ask({ method: 'POST', path: '/api/v1/accounts', body: { name: 'a' } }))?.status, 201)
    connection.close()
  })

  test('control: once the first was killed, the second starts, on the same rows', async (t) => {
    const directory = directoryFor(t)
    const file = join(directory, 'app.db')
    symlinkSync(file, join(directory, 'link.db'))
    const first = startServer(t, { file: join(directory, 'link.db') })
    const made = new Connection(await first.up)
    await made.ask({ method: 'POST', path: '/api/v1/accounts', body: { name: 'a' } })
    made.close()
    await first.stop(0)

    const second = startServer(t, { file })
    const connection = new Connection(await second.up)
    const accounts = await connection.ask({ method: 'GET', path: '/api/v1/accounts' })
    connection.close()

    assert.equal(Array.isArray(accounts?.body['data']) && accounts.body['data'].length, 1)
  })

  test('another program in the middle of a write is told apart, and its work is not touched', async (t) => {
    const file = join(directoryFor(t), 'app.db')
    const other = new DatabaseSync(file)
    cleanUp(t, () => other.close())
    other.exec('pragma journal_mode = wal; create table theirs (n); begin immediate; insert into theirs values (1)')

    await refused(t, HELD, /app\.db is in use by another program/, { file })

    other.exec('commit')
    assert.equal(other.prepare('select count(*) as n from theirs').get()?.['n'], 1)
  })
})

describe('a SQLite that cannot keep the promises', () => {
  const flags = ['--import', join(import.meta.dirname, 'weak_sqlite.ts')]

  for (const [weak, said] of [
    ['journal_mode=delete', /SQLite has journal_mode=delete, not wal/],
    ['synchronous=0', /SQLite has synchronous=0, not 1/],
    ['version=3.51.2', /SQLite 3\.51\.2 is older than 3\.51\.3/],
  ] as const) {
    test(`${weak} refuses the start`, async (t) => {
      const options = { file: join(directoryFor(t), 'app.db'), flags, environment: { WEAK: weak } }

      await refused(t, 1, said, options)
    })
  }
})

describe('no database', () => {
  test('an address whose parameters could switch off locks and syncs is refused', async (t) => {
    const options = { file: `file:${directoryFor(t)}/app.db?nolock=1` }

    await refused(t, 1, /^plinth: DATABASE_URL=sqlite:\S+: must be sqlite:<path>, without parameters/, options)
  })

  test('a file that is no database is left as it is', async (t) => {
    const file = join(directoryFor(t), 'app.db')
    const text = 'my dear diary, '.repeat(1_000)
    writeFileSync(file, text)

    await refused(t, STORAGE_FAILED, /file is not a database/, { file })

    assert.equal(readFileSync(file, 'utf8'), text)
  })
})
