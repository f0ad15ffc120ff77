// Backups of a SQLite database.
import { rm } from 'node:fs/promises'
import type { Backups } from '../../backup/backups.ts'
import { realFile } from '../real_file.ts'
import { copyDatabase } from './copy.ts'
import { proveRestorable } from './prove.ts'
import { proveApart } from './prove_apart.ts'
import { restoreDatabase } from './restore.ts'

/** The backups of a database file. */
export function sqliteBackups(path: string): Backups {
  const file = realFile(path)
  return {
    copy: (options) => copyDatabase(file, options),
    restore: (options) => restoreDatabase(file, options),
    prove: async (options) => {
      const {
        scratch,
        file: restored,
        ...found
      } = await (options.isApart ? proveApart(options) : proveRestorable(options))
      const databaseUrl = restored === undefined ? undefined : `sqlite:${restored}`
      return { ...found, databaseUrl, drop: () => rm(scratch, { recursive: true, force: true }) }
    },
  }
}
