// The suite of the engine contract, run by PostgreSQL.
import { postgresForTests, type NoDatabase } from '../../../test/postgres.ts'
import type { Engine } from '../contract.ts'
import { engineSuite } from '../suite/test_engine.ts'
import { openPostgres } from './index.ts'

engineSuite('PostgreSQL', async (): Promise<Engine | NoDatabase> => {
  const database = await postgresForTests()
  if ('skip' in database) return database
  const engine = await openPostgres({ url: database.url })
  return {
    ...engine,
    close: async () => {
      await engine.close()
      await database.drop()
    },
  }
})
