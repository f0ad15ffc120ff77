// `plinth user` and `plinth key`, beside a server that runs where the engine allows it.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { postgresForTests } from '../../test/postgres.ts'
import { readConfig } from '../server/config.ts'
import { openServer } from '../server/start.ts'
import desk from './test_user_app.ts'
import { plinth, plinthProcess, type Said } from './test_terminal.ts'

const root = join(import.meta.dirname, '../..')
mkdirSync(join(root, '.plinth'), { recursive: true })
const folder = mkdtempSync(join(root, '.plinth', 'cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const environmentOf = (databaseUrl: string) => ({
  DATABASE_URL: databaseUrl,
  PLINTH_SECRET: 'x'.repeat(32),
  LOG_LEVEL: 'error',
  PORT: '0',
})

const wordsFor = (words: readonly string[]): string[] => [...words, '--app', join(root, 'src/cli/test_user_app.ts')]

type Run = (...words: readonly string[]) => Promise<Said>

const plinthOn = (databaseUrl: string): { readonly run: Run; readonly runApart: Run } => ({
  run: (...words) => plinth(wordsFor(words), environmentOf(databaseUrl)),
  runApart: (...words) => plinthProcess(wordsFor(words), environmentOf(databaseUrl)),
})

test('beside a server on PostgreSQL: an account, its password, its roles; a key and its end', async (t) => {
  const database = await postgresForTests()
  if ('skip' in database) return t.skip(database.skip)
  const { run, runApart } = plinthOn(database.url)
  const server = await openServer(desk, { config: readConfig(environmentOf(database.url)) })
  try {
    const { url } = await server.door.listen({ port: 0, host: '127.0.0.1' })
    const ask = async (path: string, { body, as }: { body?: object; as?: string } = {}) => {
      const headers = { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as}` }) }
      const sent = body && { method: 'POST', body: JSON.stringify(body) }
      const answer = await fetch(`${url}/api/v1/${path}`, { headers, ...sent })
      return { status: answer.status, text: await answer.text() }
    }
    const [email, password] = ['ann@example.com', 'seven wild geese fly north']

    const added = await run('user', 'add', email, '--roles', 'staff')
    const token = /#token=(\w+)/.exec(added.out)?.[1]
    assert.equal((await ask('auth/password/reset', { body: { token, password } })).status, 204, added.err)
    const { accessToken } = JSON.parse((await ask('auth/login', { body: { email, password } })).text)
    assert.equal((await ask('notes', { as: accessToken })).status, 200)
    assert.match((await run('user', 'roles', email, '')).out, /ann@example\.com active\n$/)
    await felt(async () => (await ask('notes', { as: accessToken })).status === 403)
    assert.equal(JSON.parse((await runApart('user', 'disable', email, '--json')).out).state, 'deactivated')
    await felt(async () => (await ask('auth/me', { as: accessToken })).status === 401)
    const list = JSON.parse((await run('user', 'list', '--json')).out)
    assert.deepEqual(
      list.data.map(({ email: one, state }: { email: string; state: string }) => [one, state]),
      [[email, 'deactivated']],
    )

    const made = JSON.parse(
      (await run('key', 'add', '--service', 'export', '--roles', 'staff', '--scopes', 'notes:read', '--json')).out,
    )
    assert.equal((await ask('notes', { as: made.key })).status, 200)
    assert.match((await run('key', 'list')).out, new RegExp(`^${made.id} plk_.{4}… used .* "export" notes:read\n$`))
    assert.equal((await runApart('key', 'revoke', made.id)).status, 0)
    await felt(async () => (await ask('notes', { as: made.key })).status === 401)
  } finally {
    await server.close(true)
    await database.drop()
  }
})

test('on SQLite alone: the last administrator stays, a wrong word is 2, a no is 1, a held database 75', async () => {
  const databaseUrl = `sqlite:${join(folder, 'app.db')}`
  const { run, runApart } = plinthOn(databaseUrl)
  const added = await run('user', 'add', 'boss@example.com', '--roles', 'admin', '--json')
  assert.match(JSON.parse(added.out).link, /\/auth\/reset#token=plp_/)
  const link = await run('user', 'reset-link', 'boss@example.com')
  assert.match(link.out, /\/auth\/reset#token=plp_\w+\n$/)

  const said = await Promise.all([run('user'), run('user', 'add'), run('key', 'add'), run('key', 'frob')])
  assert.deepEqual(
    said.map(({ status }) => status),
    [2, 2, 2, 2],
  )
  const no = await run('user', 'disable', 'boss@example.com')
  assert.deepEqual([no.status, no.err], [1, 'plinth: This is the last administrator; make another one first.\n'])
  const nobody = await run('user', 'unlock', 'eve@example.com')
  assert.deepEqual([nobody.status, nobody.err], [1, 'plinth: There is no account of eve@example.com.\n'])
  assert.equal((await run('key', 'add', '--service', 'x', '--scopes', 'notes:burn')).status, 1)
  assert.match((await run('user', '--help')).out, /reset-link {2}prints a link/)

  const server = await openServer(desk, { config: readConfig(environmentOf(databaseUrl)) })
  const held = [await run('user', 'list'), await runApart('user', 'list')]
  await server.close(true)
  assert.deepEqual(
    held.map(({ status, err }) => [status, err]),
    Array.from({ length: 2 }, () => [75, `plinth: ${join(folder, 'app.db')} is in use by another process\n`]),
  )
})

/** Another process hears of it within a second, if not at once. */
async function felt(isSo: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 200 && !(await isSo()); n++) await new Promise((done) => setTimeout(done, 20))
  assert.ok(await isSo())
}
