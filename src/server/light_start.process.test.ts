// What a start does not need, it does not load: each of these costs every start time and memory for as long as it runs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'

const heavy = [
  'kysely',
  'oidc-provider',
  'openid-client',
  'nodemailer',
  'pg',
  'amqplib',
  '@nats-io',
  'doors/rest/openapi',
  'doors/oauth',
  'store/backup',
  'undici',
]

/** Starts and ends an app on SQLite in a process of its own; answers the modules it loaded, Node's own too. */
function loadedByStart(t: test.TestContext, first = ''): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-light-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    ${first}
    const { app } = await import(${at('../index.ts')})
    const { openServer } = await import(${at('./start.ts')})
    const { readConfig } = await import(${at('./config.ts')})
    const environment = { DATABASE_URL: 'sqlite:${join(folder, 'app.sqlite')}', LOG_LEVEL: 'silent' }
    const config = readConfig(environment)
    const server = await openServer(app('light', {}, { title: 'Light', version: '1.0.0' }), { config })
    await server.close(true)
    console.log(JSON.stringify([...loaded, ...process.moduleLoadList]))
  `
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout, stderr, status } = spawnSync(process.execPath, flags, { encoding: 'utf8', cwd: folder })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[]
}

const heavyOf = (urls: readonly string[]): string[] =>
  heavy.filter((name) => urls.some((url) => url.includes(`/${name}/`)))

test('a start loads nothing that only later calls need', (t) => {
  const urls = loadedByStart(t)

  assert.ok(urls.length > 100, `${urls.length} modules`)
  assert.deepEqual(heavyOf(urls), [])
})

test('control: one import too many is seen', (t) => {
  for (const [name, from] of [
    ['kysely', import.meta.resolve('kysely')],
    ['undici', 'node:http'],
  ] as const)
    assert.deepEqual(heavyOf(loadedByStart(t, `await import(${JSON.stringify(from)})`)), [name])
})
