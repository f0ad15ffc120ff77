// `plinth restore`: puts the database back, as it was at a time.
import { backupsOf } from '../server/backups.ts'
import { readConfig } from '../server/config.ts'
import { exitCodes } from '../server/run.ts'
import { type Command, flag, text, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { folderOf } from './backup.ts'
import { progress } from './progress.ts'
import { say } from './terminal.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'put the database back, as it was at a time',
  help: `plinth restore [--to <time>] [--dir <folder>] [--force]

Restores the database of DATABASE_URL from a backup folder (BACKUP_DIR, or --dir).

--to     a time with its zone, such as 2026-08-01T10:11:12.345Z: everything acknowledged by then, and nothing after.
         Without it the newest state. PostgreSQL: the last dump before that time.
--force  where a database is there already: SQLite puts it aside and says where, PostgreSQL replaces its tables.
         A database that is in use is never replaced (exit code 75, or 1 on PostgreSQL).

Every piece is checked as it is read; the database appears in its place only when all of it is whole.
`,
  options: { to: text, dir: text, force: flag },
  async run(words, terminal) {
    if (words.positionals.length > 0) throw new UsageError('restore: a time is given by --to')
    const to = timeOf(textOf(words, 'to'))
    const { databaseUrl, backupFolder } = readConfig(terminal.environment)
    const folder = folderOf(words, backupFolder)
    const backups = await backupsOf(databaseUrl)
    const force = words.values['force'] === true
    const { ms, kept } = await backups.restore({ folder, to, force, report: progress(terminal) })
    say(terminal, `Restored the state of ${new Date(ms).toISOString()}`)
    if (kept !== undefined) say(terminal, `What was there before is ${kept}`)
    return exitCodes.ok
  },
}

// Without a zone it would be another time on another machine.
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/
  const ms = form.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new UsageError(`--to ${text}: say a time with its zone, such as 2026-08-01T10:11:12Z`)
  return ms
}
