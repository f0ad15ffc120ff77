// Opens the engine that DATABASE_URL names; the only place where one engine or the other is chosen.
import type { Log } from '../base/log.ts'
import type { Engine } from '../store/contract.ts'

export interface EngineOptions {
  readonly databaseUrl: string
  readonly production: boolean
  readonly log: Log
}

/** Opens the engine. Fails with StoreError: busy when another process owns it, unavailable when nothing answers. */
export async function openEngine({ databaseUrl, production, log }: EngineOptions): Promise<Engine> {
  if (databaseUrl.startsWith('sqlite:')) {
    const { openSqlite } = await import('../store/sqlite/index.ts')
    return openSqlite({
      file: databaseUrl.slice('sqlite:'.length),
      foreignAwait: production ? 'warn' : 'refuse',
      onForeignAwait: (operation) =>
        log.warn({ operation }, 'A transaction waited for something that is not the database.'),
    })
  }
  const { openPostgres } = await import('../store/postgres/index.ts')
  return openPostgres({ url: databaseUrl })
}
