// The databases of a run: its processes share what is costly to make, and when they have ended nothing is left.
import { env } from 'node:process'
import { databaseServer, NoServer } from '../../src/server/database_server.ts'
import { beginRun, endRun, newRun } from '../../src/server/database_runs.ts'

/** Works while the databases of one run are kept together; without a PostgreSQL there are none. */
export async function withDatabases<T>(work: () => Promise<T>): Promise<T> {
  const server = await databaseServer().catch(leaveItToTheTests)
  if (server === undefined) return work()
  const run = newRun()
  await beginRun(server, run)
  env['PLINTH_TEST_RUN'] = run
  try {
    return await work()
  } finally {
    await endRun(server, run)
  }
}

// They know whether one that is missing is a mistake.
function leaveItToTheTests(error: unknown): undefined {
  if (!(error instanceof NoServer)) throw error
}
