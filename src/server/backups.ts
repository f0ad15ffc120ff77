// The backups of the database that DATABASE_URL names.
import type { Backups } from '../store/backup/backups.ts'

/** Finds what the engine can do with backups. */
export async function backupsOf(databaseUrl: string): Promise<Backups> {
  if (databaseUrl.startsWith('sqlite:')) {
    const { sqliteBackups } = await import('../store/sqlite/backup/index.ts')
    return sqliteBackups(databaseUrl.slice('sqlite:'.length))
  }
  const { postgresBackups } = await import('../store/postgres/backup/index.ts')
  return postgresBackups(databaseUrl)
}
