// Opens the accounts of an API that is not made with Plinth: its house, and what mounts and guards routes of others.
import { app, type App } from '../../define/app.ts'
import { ensureAdmin } from '../../features/auth/index.ts'
import { readConfig } from '../config.ts'
import { openServer } from '../start.ts'
import { type ExpressAuth, expressAuth } from './express_auth.ts'
import { type FastifyAuth, fastifyAuth } from './fastify_auth.ts'
import { createGuard } from './guard.ts'

export interface AuthOptions {
  /** Where the configuration is read; the process's own without it. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export interface Auth {
  readonly fastify: FastifyAuth
  readonly express: ExpressAuth
  /** Ends what runs beside the requests, and closes the database. */
  close(): Promise<void>
}

/**
 * Opens accounts under a name, or those of an app with profiles or other services. The configuration is that of every
 * Plinth process (`DATABASE_URL`, `PLINTH_SECRET`, `PUBLIC_URL`, `SMTP_URL` …). Fails as a start does.
 */
export async function openAuth(of: string | App, { environment }: AuthOptions = {}): Promise<Auth> {
  const config = environment === undefined ? readConfig() : readConfig(environment)
  const server = await openServer(typeof of === 'string' ? app(of, {}) : of, { config })
  try {
    if (config.admin !== undefined) await ensureAdmin(server.house.house, config.admin)
    await server.work()
    server.setReady()
  } catch (error) {
    await server.close(true)
    throw error
  }
  const guard = createGuard(server, config)
  return Object.freeze({
    fastify: fastifyAuth(guard),
    express: expressAuth(guard),
    close: () => server.close(true),
  })
}
