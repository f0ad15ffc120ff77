// Start and stop: what is needed is there, the door opens; the door drains, the engine closes.
import { type Clock, systemClock } from '../base/clock.ts'
import { createLog, type Log } from '../base/log.ts'
import { type Random, systemRandom } from '../base/random.ts'
import type { Keyring } from '../base/seal.ts'
import { anonymous } from '../call/caller.ts'
import type { Runner } from '../call/feature.ts'
import type { App } from '../define/app.ts'
import type { Model } from '../define/model.ts'
import { createDoor, type Door } from '../doors/http/door.ts'
import type { DoorOptions } from '../doors/http/door.ts'
import type { Route } from '../doors/http/route.ts'
import { contractRoutes } from '../doors/rest/contract_routes.ts'
import { type Identified, withHeaders } from '../doors/rest/identified.ts'
import { type RestMeans, restRoutes } from '../doors/rest/routes.ts'
import { createIdentify, type IdentityAsked } from '../features/auth/index.ts'
import { createThrottle } from '../features/limits/index.ts'
import { createTenancy, tenantHeader } from '../features/organizations/index.ts'
import type { Engine } from '../store/contract.ts'
import { prepareSchema } from '../store/migrate/start.ts'
import { wantedTables } from '../store/policies.ts'
import { type AsProvider, asProvider } from './as_provider.ts'
import type { Config } from './config.ts'
import { customRoutes } from './custom_routes.ts'
import { openEngine } from './engine.ts'
import { openHouse, type OpenHouse } from './house.ts'
import { ensureProfile } from './profile.ts'
import { createFarewell, type Farewell } from './farewell.ts'
import { featuresOf, modelOf } from './features.ts'
import { jwksRoute } from './jwks_route.ts'
import { mailboxRoutes } from './mailbox_routes.ts'
import { oauthRoutes } from './oauth_routes.ts'
import { clientSecrets } from './provider_secrets.ts'
import { keyringOf } from './secret.ts'
import { signInClients } from './sign_in.ts'

/** What a process does: `api` answers calls, `worker` does what runs beside them, `all` does both. */
export type Role = 'all' | 'api' | 'worker'

export interface StartOptions {
  readonly config: Config
  readonly role?: Role
  readonly clock?: Clock
  readonly random?: Random
  readonly log?: Log
  readonly keys?: Keyring
  readonly engine?: Engine
  /** The database is known to hold what the app needs, so nobody asks it; a test's, that was just emptied. */
  readonly isPrepared?: boolean
  readonly drain?: DoorOptions['drain']
}

export interface Server {
  readonly model: Model
  readonly house: OpenHouse
  readonly door: Door
  readonly keys: Keyring
  readonly log: Log
  /** Who calls, counted against their budget: for what has no operation. Fails as `identify` and the budget do. */
  admit(asking: IdentityAsked, cost: number): Promise<Identified>
  /** The storage has failed: that is said already, and the process ends. */
  readonly isEnding: () => boolean
  /** Says that the example's data is in, so that `/ready` may say yes. */
  setReady(): void
  /** Begins what runs beside the calls: relays, workers, sweepers. */
  work(): Promise<void>
  /** Drains the door and closes the engine. Hasty: without the time in which a balancer notices. */
  close(hasty?: boolean): Promise<void>
}

/** Opens an app without listening yet. Fails with TypeError, ConfigError, StoreError or MigrationRefused. */
export async function openServer(app: App, options: StartOptions): Promise<Server> {
  const { config, clock = systemClock, random = systemRandom } = options
  const log = options.log ?? createLog({ level: config.logLevel, name: app.name })
  const keys = options.keys ?? keyringOf(config)
  const model = modelOf(app)
  const services = {
    ...config.services,
    signIn: signInClients(app, config),
    clientSecrets: clientSecrets(app, config),
  }
  const farewell = createFarewell(log)
  const { onStorageFailure } = farewell
  const engine = options.engine ?? (await openEngine({ ...config, log, onStorageFailure }))
  try {
    if (options.isPrepared !== true) {
      await prepareSchema(engine, wantedTables(model, engine.dialect, config), { auto: !config.production })
    }
    if (config.rowSecurity) await engine.security?.enter()
    const house = openHouse({ model, engine, clock, random, keys, log, services })
    for (const { prepare } of featuresOf(app)) await prepare?.(house.house)
    const { role = 'all', drain } = options
    const provider = await asProvider(app)
    const server = assemble({
      app,
      role,
      config,
      clock,
      random,
      log,
      keys,
      model,
      engine,
      house,
      drain,
      provider,
      farewell,
    })
    farewell.begin()
    return server
  } catch (error) {
    await engine.close()
    throw error
  }
}

interface Parts {
  readonly app: App
  readonly role: Role
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly keys: Keyring
  readonly model: Model
  readonly engine: Engine
  readonly house: OpenHouse
  readonly drain: DoorOptions['drain']
  readonly provider: AsProvider | undefined
  readonly farewell: Farewell
}

function assemble(parts: Parts): Server {
  const { app, role, config, clock, random, log, keys, model, engine, house } = parts
  const state: { ready: boolean; readonly runners: Runner[] } = { ready: false, runners: [] }
  const means = restMeans(parts)
  const door = createDoor({
    // A worker's door has no more than /health and /ready.
    routes: role === 'worker' ? [] : routesOf(parts, means),
    plugins: customRoutes((role === 'worker' ? undefined : app.options.routes) ?? {}, {
      house,
      identify: async (asking) => (await means.admit(asking, 1)).caller,
    }),
    log,
    clock,
    random,
    ...(parts.drain && { drain: parts.drain }),
    origins: app.options.origins ?? [],
    trustedProxies: config.trustedProxies,
    hsts: config.publicUrl?.startsWith('https:') ?? config.production,
    ready: () => readiness(engine, state.ready),
  })
  return {
    model,
    house,
    door,
    keys,
    log,
    admit: (...asked) => means.admit(...asked),
    isEnding: () => parts.farewell.isTaken,
    setReady: () => {
      state.ready = true
    },
    work: async () => {
      if (role === 'api') return
      for (const { start } of featuresOf(app)) {
        if (start !== undefined) state.runners.push(await start(house.house))
      }
      const { databaseUrl, backupFolder: folder, rowSecurity } = config
      if (folder !== undefined && databaseUrl.startsWith('sqlite:')) {
        const { watchBackups } = await import('./watch_backups.ts') // with all that reads a backup
        state.runners.push(watchBackups({ databaseUrl, folder, model, keys, rowSecurity, clock, log }))
      }
    },
    close: async (hasty) => {
      // What a call that is still answered leaves to do, another process does, or the next start.
      await Promise.all([door.close(hasty), ...state.runners.map((runner) => runner.stop())])
      await engine.close()
      log.flush()
    },
  }
}

function routesOf({ app, config, model, house, provider }: Parts, means: Means): readonly Route[] {
  return [
    ...restRoutes(means),
    ...contractRoutes(model, app.options),
    jwksRoute(house.house),
    ...(app.options.signIn === undefined ? [] : oauthRoutes(house.house, means)),
    ...(provider?.providerRoutes({ ...means, house: house.house }) ?? []),
    ...(config.production ? [] : mailboxRoutes(house.house)),
  ]
}

async function readiness(engine: Engine, data: boolean): Promise<{ ready: boolean; checks: Record<string, string> }> {
  const database = await engine.ping().then(
    () => 'ok',
    () => 'unreachable',
  )
  return { ready: database === 'ok' && data, checks: { database, data: data ? 'ok' : 'loading' } }
}

interface Means extends RestMeans {
  /** Who calls and for which organization, counted against the caller's budget. */
  admit(asking: IdentityAsked, cost: number): Promise<Identified>
  /** Counts a request of somebody who is not known by a token. */
  readonly count: (address: string) => Readonly<Record<string, string>>
}

function restMeans({ model, house, config, keys, clock, provider }: Parts): Means {
  const identify = createIdentify({
    house: house.house,
    keys: config.production ? undefined : keys,
    ensureProfile: (id) => ensureProfile(house.house, id),
    byOpaque: provider?.createTokenCallers(house.house),
  })
  const throttle = createThrottle({ perMinute: config.rateLimit, anonymousPerMinute: config.anonymousRateLimit, clock })
  const tenancy = createTenancy(house.house)
  const admit: Means['admit'] = async (asking, cost) => {
    const { headers: asked } = asking
    const caller = await identify(asking)
    const headers = throttle.take(caller.budget, caller.id !== null, cost)
    try {
      return { caller: await tenancy(caller, asked[tenantHeader]), headers }
    } catch (error) {
      throw withHeaders(error, headers)
    }
  }
  return {
    model,
    admit,
    count: (address) => throttle.take(anonymous(address).budget, false, 1),
    identify: admit,
    call: (operation, ask, caller) => house.call(operation, ask, caller),
    together: (ask, caller, work) => house.together(ask, caller, work),
  }
}
