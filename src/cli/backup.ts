// `plinth backup`: copies the database while it is served, says what can be restored, and proves that it can.
import { resolve } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { backupsOf } from '../server/backups.ts'
import { type Config, readConfig } from '../server/config.ts'
import { modelOf } from '../server/features.ts'
import { exitCodes } from '../server/run.ts'
import { keyringOf } from '../server/secret.ts'
import { verifyBackups } from '../server/verify_backups.ts'
import { rangesOf } from '../store/backup/choose.ts'
import { type Command, flag, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'
import { progress } from './progress.ts'
import { say, type Terminal } from './terminal.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'copy the database while it is served, list what can be restored, or prove that it can',
  help: `plinth backup [--dir <folder>]
plinth backup list [--dir <folder>] [--json]
plinth backup verify [--dir <folder>] [--app <file>] [--json]

Without a word it copies the database of DATABASE_URL into the folder (BACKUP_DIR, or --dir) and prints where the copy
is. The server may go on. Copies made so are never removed by Plinth.
A server that runs on SQLite with BACKUP_DIR set ships every change there by itself, twice a second; this command is for
copies beside that, and for PostgreSQL, where it runs pg_dump.

list    the times that can be restored.
verify  reads every piece, restores the newest state into a scratch database, looks through it, and removes it again.
        Exit code 1, with the piece named, where something is wrong.
`,
  options: { app: text, dir: text, json: flag },
  async run(words, terminal) {
    const [verb, ...more] = words.positionals
    if (more.length > 0) throw new UsageError('backup: say "plinth backup", "plinth backup list" or "… verify"')
    const config = readConfig(terminal.environment)
    const asked = { folder: folderOf(words, config.backupFolder), words, terminal }
    if (verb === undefined) return copy(config.databaseUrl, asked)
    if (verb === 'list') return list(asked)
    if (verb === 'verify') return verify(config, asked)
    throw new UsageError(`backup: there is no "${verb}"; say nothing, list or verify`)
  },
}

/** The folder that a command is about. Fails with UsageError where none is named. */
export function folderOf(words: Words, configured: string | undefined): string {
  const folder = textOf(words, 'dir') ?? configured
  if (folder === undefined) throw new UsageError('no backup folder: say --dir <folder>, or set BACKUP_DIR')
  return resolve(folder)
}

interface Asked {
  readonly folder: string
  readonly words: Words
  readonly terminal: Terminal
}

const when = (ms: number): string => new Date(ms).toISOString()

async function copy(databaseUrl: string, { folder, terminal }: Asked): Promise<number> {
  const backups = await backupsOf(databaseUrl)
  say(terminal, await backups.copy({ folder, report: progress(terminal) }))
  return exitCodes.ok
}

function list({ folder, words, terminal }: Asked): number {
  const ranges = rangesOf(folder)
  if (words.values['json'] === true) say(terminal, JSON.stringify(ranges))
  else for (const { generation, from, to } of ranges) say(terminal, `${when(from)}   ${when(to)}   ${generation}`)
  return ranges.length === 0 ? exitCodes.no : exitCodes.ok
}

async function verify(config: Config, { folder, words, terminal }: Asked): Promise<number> {
  const model = modelOf(await findApp(textOf(words, 'app')))
  const found = await verifyBackups({
    databaseUrl: config.databaseUrl,
    folder,
    model,
    keys: keyringOf(config),
    rowSecurity: config.rowSecurity,
    clock: systemClock,
    isApart: false,
    report: progress(terminal),
    log: terminal.openLog(),
  })
  if (words.values['json'] === true) say(terminal, JSON.stringify(found))
  else if (found.problems.length === 0)
    say(terminal, `${found.pieces} pieces hold; restored for trial up to ${when(found.ms ?? 0)}`)
  else for (const problem of found.problems) say(terminal, problem)
  return found.problems.length === 0 ? exitCodes.ok : exitCodes.no
}
