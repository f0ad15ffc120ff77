// Boots an app for one test: in memory, with a clock, ids and a log that the test owns.
import { type OwnedClock, ownedClock } from '../base/clock.ts'
import { createIds } from '../base/id.ts'
import { seededRandom } from '../base/random.ts'
import { createKeyring } from '../base/seal.ts'
import type { App } from '../define/app.ts'
import { modelOf } from '../server/features.ts'
import { anyone } from '../define/rule.ts'
import { signToken } from '../features/auth/index.ts'
import type { Config } from '../server/config.ts'
import { type KeptMail, mailboxOf } from '../features/mail/index.ts'
import { type FreshDatabase, freshDatabase } from '../server/fresh_database.ts'
import { type Operator, operatorOf } from '../server/operator.ts'
import { openServer, type Server, type StartOptions } from '../server/start.ts'
import { type CallerOptions, callerOf, taken, type TestCaller } from './caller.ts'
import { checkedDoor } from './checked_door.ts'
import { keepLog, type LogLine } from './log_lines.ts'
import { factoryOf, type Make } from './make.ts'
import { settle } from './settle.ts'
import { rolesOf, type Who } from './who.ts'

export interface TestOptions {
  /** Where the rows live: SQLite in memory unless PLINTH_TEST_ENGINE says otherwise. */
  readonly engine?: 'sqlite' | 'postgres'
  /** What time it is: an instant; the first day of 2026 without it. */
  readonly now?: string
  /** Another seed gives other ids. */
  readonly seed?: number
  /** Requests a minute and caller; no limit without it. */
  readonly rateLimit?: number
  /** Hashes of passwords cost what they cost in production; next to nothing without it. */
  readonly realHashes?: boolean
  /** Variables that the app's definition asks for: the ids and secrets of services that sign people in. */
  readonly environment?: Readonly<Record<string, string>>
}

/** An app that runs for a test. `await using` closes it at the end of the test. */
export interface TestApp<A extends App> extends AsyncDisposable {
  /** A caller who satisfies a rule: `as(staff)`, `as(member)`. Each is somebody else, unless `id` says who. */
  as(who: Who, options?: CallerOptions): TestCaller<A>
  /** Nobody in particular. */
  readonly anonymous: TestCaller<A>
  readonly make: Make
  readonly clock: OwnedClock
  /** The lines of the log so far. */
  readonly log: readonly LogLine[]
  /**
   * Does what is due beside the calls until nothing is: events find their handlers, jobs run. Nothing of it happens by
   * itself in a test. Fails where it never comes to rest.
   */
  settle(): Promise<void>
  /** The mails sent so far, newest first; those just promised are sent by `settle`. */
  mails(): Promise<readonly KeptMail[]>
  /** Operations by their ids (`orders.import`), as somebody with the role: what loads an app's first data. */
  operator(role: string): Operator
  close(): Promise<void>
}

// Signs the tokens and seals the cursors of apps that live for one test.
const secret = 'the secret of every app under test, known to all'
/** The year 2100: a test that moves its clock is not about tokens. */
const neverExpires = 4_102_444_800

/** Boots an app with nothing in it. Fails as a start does: a wrong definition is a TypeError. */
export async function testApp<P>(app: App<P>, options: TestOptions = {}): Promise<TestApp<App<P>>> {
  const { seed = 1, now = '2026-01-01T00:00:00.000Z' } = options
  refuseTakenNames(app)
  const clock = ownedClock(now)
  const kept = keepLog(app.name, clock)
  const database = await freshDatabase(app, options.engine)
  const server = await opened(app, database, options, { clock, random: seededRandom(seed), log: kept.log })
  // Callers' ids have a source of their own, so that who calls does not change which ids the rows get.
  const as = callersOf<App<P>>(server, createIds(clock, seededRandom(seed + 1)))
  const close = async (): Promise<void> => {
    await server.close()
    await database.drop()
  }
  return {
    as,
    anonymous: as(anyone),
    make: factoryOf(server),
    clock,
    get log() {
      return kept.lines()
    },
    settle: () => settle(server.house.house),
    mails: async () => (await mailboxOf(server.house.house))?.list() ?? [],
    operator: (role) => operatorOf(server, [role]),
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Owned = Required<Pick<StartOptions, 'clock' | 'random' | 'log'>>

async function opened(app: App, database: FreshDatabase, options: TestOptions, owned: Owned): Promise<Server> {
  const { databaseUrl, isPrepared } = database
  const config = configOf(databaseUrl, options)
  const keys = createKeyring(secret, [], owned.random)
  try {
    const server = await openServer(app, { config, ...owned, keys, isPrepared })
    server.setReady()
    if (server.model.schedules.length > 0) await settle(server.house.house) // they are due from here on
    return server
  } catch (error) {
    await database.drop()
    throw error
  }
}

function configOf(databaseUrl: string, options: TestOptions): Config {
  const { rateLimit, realHashes = false, environment = {} } = options
  return {
    production: false,
    databaseUrl,
    rowSecurity: true,
    services: { isDevelopment: true, cheapHashes: !realHashes },
    backupFolder: undefined,
    port: 0,
    host: '127.0.0.1',
    publicUrl: undefined,
    logLevel: 'info',
    secret,
    previousSecrets: [],
    rateLimit,
    anonymousRateLimit: rateLimit,
    trustedProxies: [],
    admin: undefined,
    variable: (name) => environment[name],
  }
}

function callersOf<A extends App>(server: Server, nextId: () => string): TestApp<A>['as'] {
  const door = checkedDoor(server.door, server.model)
  return (who, { id = nextId(), tenant = null } = {}) => {
    const roles = rolesOf(who)
    if (roles === undefined) return callerOf<A>(door, { id: '', token: '' })
    const profile = roles.includes('member')
    return callerOf<A>(door, {
      id,
      token: signToken(server.keys, { sub: id, roles, tenant, profile, exp: neverExpires }),
    })
  }
}

function refuseTakenNames(app: App): void {
  const { nouns } = modelOf(app)
  const hidden = taken.find((name) => nouns.has(name))
  if (hidden === undefined) return
  throw new TypeError(`a caller of the kit has a member "${hidden}"; a resource of this name cannot be reached by it`)
}
