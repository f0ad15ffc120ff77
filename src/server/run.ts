// The whole life of a process: configuration, start, first data, banner, and a drain when it is told to end.
import { createLog } from '../base/log.ts'
import { Problem } from '../base/pure/problem.ts'
import type { App } from '../define/app.ts'
import { StoreError } from '../store/contract.ts'
import { type Credentials, ensureAdmin, inventAdmin } from '../features/auth/index.ts'
import { banner } from './banner.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { type Operator, operatorOf } from './operator.ts'
import { returnMemory } from './return_memory.ts'
import { openServer, type Role, type Server } from './start.ts'

export interface RunOptions {
  /** What this process does; `all` without it. */
  readonly role?: Role
  /** Puts the app's first data in, by its own operations; `/ready` says yes after it. Repeating it changes nothing. */
  readonly data?: {
    readonly roles: readonly string[]
    readonly load: (operate: Operator, progress: Progress) => Promise<void>
  }
}

/** Told how far a long piece of work is. */
export type Progress = (done: number, of: number, what: string) => void

/** Exit codes of SURFACE: 0 ok, 1 no, 2 wrong usage, 70 storage failed, 75 somebody else holds the database. */
export const exitCodes = Object.freeze({ ok: 0, no: 1, usage: 2, storage: 70, held: 75 })

/** Runs an app until the process is told to end. Prints one line and sets the exit code where it cannot start. */
export async function run(app: App, options: RunOptions = {}): Promise<void> {
  const { role = 'all', data } = options
  const server = await opened(app, role)
  if (server === undefined) return
  const { config } = server
  endOnSignals(server.server)
  try {
    const { url } = await server.server.door.listen({ port: config.port, host: config.host })
    if (data !== undefined && role !== 'worker') await data.load(operatorOf(server.server, data.roles), progress)
    const admin = await firstAdmin(server.server, config)
    await server.server.work()
    server.server.setReady()
    process.stdout.write(banner(server.server, config, { url, admin }))
    returnMemory()
  } catch (error) {
    if (server.server.isEnding()) return
    complain(error)
    await server.server.close()
  }
}

/** Makes the administrator that is named; in development one is made up, and only then told. */
async function firstAdmin({ house }: Server, { admin, production }: Config): Promise<Credentials | undefined> {
  if (admin === undefined) return production ? undefined : inventAdmin(house.house)
  try {
    await ensureAdmin(house.house, admin)
    return undefined
  } catch (error) {
    const reason = error instanceof Problem ? (error.errors?.[0]?.message ?? error.message) : undefined
    throw reason === undefined ? error : new ConfigError('PLINTH_ADMIN_PASSWORD', '***', reason)
  }
}

async function opened(app: App, role: Role): Promise<{ server: Server; config: Config } | undefined> {
  try {
    const config = readConfig()
    return { config, server: await openServer(app, { config, role }) }
  } catch (error) {
    complain(error)
    return undefined
  }
}

// One line for what a person can mend; the whole trace, as a log line, for what is a fault of ours.
function complain(error: unknown): void {
  const known =
    error instanceof ConfigError || error instanceof StoreError || (error instanceof Error && plain.has(error.name))
  process.exitCode = error instanceof StoreError && error.failure === 'busy' ? exitCodes.held : exitCodes.no
  if (error instanceof StoreError && error.failure === 'broken') process.exitCode = exitCodes.storage
  if (known || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) {
    process.stderr.write(`plinth: ${error.message}\n`)
    return
  }
  const log = createLog({ level: 'error' })
  log.error({ error }, 'The app could not start.')
  log.flush()
}

/** Names of errors that speak to the person at the terminal. */
const plain = new Set(['TypeError', 'MigrationRefused', 'RangeError', 'SchemaMismatch', 'RowSecurityMissing'])

function endOnSignals(server: Server): void {
  const end = (signal: NodeJS.Signals): void => {
    server.log.info({}, 'Draining: no new connections, what runs may finish.')
    // A person at the terminal has no balancer that must notice first.
    void server.close(signal === 'SIGINT').then(() => process.exit(process.exitCode ?? exitCodes.ok))
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

const progress: Progress = (done, of, what) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${what}: ${done} of ${of}${done === of ? '\n' : ''}`)
  else if (done === of) process.stderr.write(`${what}: ${done} of ${of}\n`)
}
