// A server proves its own backup, says when it holds, and says loudly when it does not.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { anyone, app, resource, text } from '../define/index.ts'
import { ownedClock, type OwnedClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { createKeyring } from '../base/seal.ts'
import { prepareSchema } from '../store/migrate/index.ts'
import { tablesOf } from '../store/tables.ts'
import { backupsOf } from './backups.ts'
import { openEngine } from './engine.ts'
import { modelOf } from './features.ts'
import { watchBackups } from './watch_backups.ts'

const notes = resource('notes', { fields: { body: text({ max: 9 }) }, allow: { list: [anyone] } })
const model = modelOf(app('notebook', { notes }))

interface Watched {
  readonly folder: string
  readonly lines: string[]
  readonly clock: OwnedClock
  stop(): Promise<void>
}

/** A copy of a database with or without the app's tables, and a watch over it that looks all the time. */
async function watched(t: TestContext, tables: boolean, before: (folder: string) => void): Promise<Watched> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-watch-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const databaseUrl = `sqlite:${join(directory, 'data', 'app.db')}`
  const folder = join(directory, 'backup')
  const lines: string[] = []
  const log = createLog({ level: 'info', write: (line) => void lines.push(line) })
  const engine = await openEngine({ databaseUrl, production: false, log })
  if (tables) await prepareSchema(engine, tablesOf(model), { auto: true })
  await (await backupsOf(databaseUrl)).copy({ folder, report: () => undefined })
  await engine.close()
  before(folder)
  const clock = ownedClock('2026-08-01T00:00:00Z')
  const keys = createKeyring('a secret of the watch tests, long enough')
  const watch = watchBackups({ databaseUrl, folder, model, keys, rowSecurity: true, clock, log, lookEveryMs: 10 })
  return { folder, lines, clock, stop: () => watch.stop() }
}

async function said({ lines }: Watched, what: RegExp, times = 1): Promise<void> {
  const count = (): number => lines.filter((line) => what.test(line)).length
  for (let n = 0; n < 1_500 && count() < times; n++) await sleep(10)
  assert.equal(count(), times, lines.join(''))
}

test('a backup is proven once a day, and not oftener', async (t) => {
  const watch = await watched(t, true, () => undefined)

  await said(watch, /holds\./)
  await sleep(50)
  watch.clock.advance(24 * 60 * 60_000)
  await said(watch, /holds\./, 2)
  await watch.stop()

  assert.equal(watch.lines.length, 2)
})

test('a damaged piece is an error in the log that names it', async (t) => {
  const watch = await watched(t, true, (folder) => {
    const [name = ''] = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((one) => one.endsWith('.snapshot'))
    const bytes = readFileSync(join(folder, name))
    bytes[40] = (bytes[40] ?? 0) ^ 1
    writeFileSync(join(folder, name), bytes)
  })

  await said(watch, /"level":"error".*snapshot is damaged.*THE BACKUP DOES NOT RESTORE/)
  await watch.stop()
})

test('a backup that restores and that the app cannot start on is no proof', async (t) => {
  const watch = await watched(t, false, () => undefined)

  await said(watch, /the app can start on it: .*table notes is missing.*THE BACKUP DOES NOT RESTORE/)
  await watch.stop()
})
