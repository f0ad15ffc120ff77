// What the environment says: checked when the process starts; a bad value stops it with one line that names it.
import { isAddress } from '../define/fields/email.ts'
import type { Credentials } from '../features/auth/index.ts'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { rateLimits } from '../base/limits.ts'
import type { Level } from '../base/log.ts'
import type { Services } from '../call/house.ts'

export interface Config {
  readonly production: boolean
  /** `sqlite:<path>` or `postgres://…`. */
  readonly databaseUrl: string
  readonly services: Services
  /** Does the database keep the rules itself, where its engine can? */
  readonly rowSecurity: boolean
  /** Absolute; undefined where BACKUP_DIR is not set. */
  readonly backupFolder: string | undefined
  readonly port: number
  readonly host: string
  readonly publicUrl: string | undefined
  readonly logLevel: Level | 'silent'
  /** Undefined in development: one is made and kept beside the database. */
  readonly secret: string | undefined
  readonly previousSecrets: readonly string[]
  readonly rateLimit: number | undefined
  readonly anonymousRateLimit: number | undefined
  readonly trustedProxies: readonly string[]
  /** The first administrator. */
  readonly admin: Credentials | undefined
  /** A variable that the app's own definition asks for. Fails with ConfigError for a file that cannot be read. */
  readonly variable: (name: string) => string | undefined
}

/** Variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A value that cannot be used; the message is the one line to print. */
export class ConfigError extends Error {
  constructor(variable: string, value: string, rule: string, options?: ErrorOptions) {
    super(`${variable}=${value}: ${rule}`, options)
    this.name = 'ConfigError'
  }
}

/** Reads the configuration. Fails with ConfigError. */
export function readConfig(environment: Environment = process.env): Config {
  const get = (name: string): string | undefined => valueOf(environment, name)
  const production =
    oneOf('NODE_ENV', get('NODE_ENV') ?? 'development', ['development', 'production', 'test']) === 'production'
  const secret = get('PLINTH_SECRET')
  if (secret !== undefined && Buffer.byteLength(secret) < 32)
    throw new ConfigError('PLINTH_SECRET', '***', 'must have at least 32 bytes')
  if (secret === undefined && production)
    throw new ConfigError('PLINTH_SECRET', '', 'is required in production, at least 32 bytes')
  const database = databaseUrl(get('DATABASE_URL') ?? 'sqlite:./.plinth/app.db')
  const url = publicUrl(get('PUBLIC_URL'))
  const servedAt = url ?? `http://localhost:${port(get('PORT') ?? '3000')}`
  return Object.freeze({
    production,
    databaseUrl: database,
    backupFolder: backupFolder(get('BACKUP_DIR'), database),
    services: {
      amqp: get('AMQP_URL'),
      nats: get('NATS_URL'),
      anchor: anchor(get('AUDIT_ANCHOR'), database),
      smtp: get('SMTP_URL'),
      mailFrom: mailFrom(get('MAIL_FROM'), get('SMTP_URL'), servedAt),
      publicUrl: servedAt,
      isDevelopment: !production,
    },
    rowSecurity: oneOf('ROW_SECURITY', get('ROW_SECURITY') ?? 'on', ['on', 'off']) === 'on',
    port: port(get('PORT') ?? '3000'),
    host: get('HOST') ?? '127.0.0.1',
    publicUrl: url,
    logLevel: oneOf('LOG_LEVEL', get('LOG_LEVEL') ?? 'info', ['debug', 'info', 'warn', 'error', 'silent']),
    secret,
    admin: admin(get('PLINTH_ADMIN_EMAIL'), get('PLINTH_ADMIN_PASSWORD')),
    variable: get,
    previousSecrets: (get('PLINTH_SECRET_PREVIOUS') ?? '').split(',').filter((one) => one !== ''),
    ...rateLimit(get('RATE_LIMIT')),
    trustedProxies: (get('TRUSTED_PROXIES') ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  })
}

/** Where the kit runs apps. Fails with ConfigError. */
export function readTestConfig(environment: Environment = process.env): {
  /** In memory unless PLINTH_TEST_ENGINE says otherwise. */
  readonly engine: 'sqlite' | 'postgres'
  /** A PostgreSQL that may be given databases; undefined for this machine's own. */
  readonly postgres: string | undefined
  /** The run of several processes that their databases belong to; undefined where a process is alone. */
  readonly run: string | undefined
} {
  const engine = oneOf('PLINTH_TEST_ENGINE', valueOf(environment, 'PLINTH_TEST_ENGINE') ?? 'sqlite', [
    'sqlite',
    'postgres',
  ])
  const run = valueOf(environment, 'PLINTH_TEST_RUN')
  // It becomes a part of names in statements.
  if (run !== undefined && !/^[0-9a-f]{8}$/.test(run))
    throw new ConfigError('PLINTH_TEST_RUN', run, 'must be eight hexadecimal digits')
  return { engine, postgres: valueOf(environment, 'PLINTH_TEST_POSTGRES'), run }
}

/** The variable, or the content of the file that NAME_FILE names. */
function valueOf(environment: Environment, name: string): string | undefined {
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === '') return environment[name] === '' ? undefined : environment[name]
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(
      `${name}_FILE`,
      file,
      `cannot be read (${error instanceof Error ? error.message : String(error)})`,
    )
  }
}

function admin(email: string | undefined, password: string | undefined): Credentials | undefined {
  if (email === undefined && password === undefined) return undefined
  if (email === undefined) throw new ConfigError('PLINTH_ADMIN_EMAIL', '', 'is needed with PLINTH_ADMIN_PASSWORD')
  if (password === undefined) throw new ConfigError('PLINTH_ADMIN_PASSWORD', '', 'is needed with PLINTH_ADMIN_EMAIL')
  if (!isAddress(email)) throw new ConfigError('PLINTH_ADMIN_EMAIL', email, 'must be an address such as me@example.com')
  return { email, password }
}

/** Whom letters are from; undefined for no-reply at the host of PUBLIC_URL, where that is a host of letters. */
function mailFrom(value: string | undefined, smtp: string | undefined, servedAt: string): string | undefined {
  if (value !== undefined) {
    if (isAddress(value)) return value
    throw new ConfigError('MAIL_FROM', value, 'must be one address such as no-reply@example.com, without a name')
  }
  const usual = `no-reply@${new URL(servedAt).hostname}`
  if (smtp === undefined || isAddress(usual)) return undefined
  throw new ConfigError(
    'MAIL_FROM',
    '',
    `is needed with SMTP_URL: letters cannot come from ${usual}, the host of PUBLIC_URL; ` +
      'for example MAIL_FROM=no-reply@example.com, an address that the mail server may send for',
  )
}

function oneOf<const T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value)
  if (found === undefined) throw new ConfigError(name, value, `must be one of ${allowed.join(', ')}`)
  return found
}

function databaseUrl(value: string): string {
  if (/^postgres(ql)?:\/\//.test(value)) return value
  // SQLite reads `file:…?nolock=1` as an order to lock nothing: no parameter of its own may come in by the path.
  if (/^sqlite:(file:|.*\?)/.test(value)) {
    throw new ConfigError('DATABASE_URL', value, 'must be sqlite:<path>, without parameters')
  }
  if (/^sqlite:.+/.test(value)) return value
  throw new ConfigError('DATABASE_URL', value.replace(/\/\/[^@]*@/, '//***@'), 'must be sqlite:<path> or postgres://…')
}

/** Beside the data, unless it is said where: better than nowhere, and worth less than on another machine. */
function anchor(value: string | undefined, database: string): string | undefined {
  if (value !== undefined) return value === 'off' ? undefined : value
  if (database === 'sqlite::memory:') return undefined
  if (database.startsWith('sqlite:')) return `${database.slice('sqlite:'.length)}.audit.jsonl`
  const name = URL.canParse(database) ? new URL(database).pathname.replaceAll(/[^a-zA-Z0-9_-]/g, '') : ''
  return `.plinth/${name === '' ? 'app' : name}.audit.jsonl`
}

function backupFolder(value: string | undefined, address: string): string | undefined {
  if (value === undefined) return undefined
  if (address === 'sqlite::memory:') throw new ConfigError('BACKUP_DIR', value, 'a database in memory has no backups')
  return resolve(value)
}

function port(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw new ConfigError('PORT', value, 'must be a number from 0 to 65535')
}

function publicUrl(value: string | undefined): string | undefined {
  if (value === undefined || (URL.canParse(value) && /^https?:/.test(value))) return value?.replace(/\/$/, '')
  throw new ConfigError('PUBLIC_URL', value, 'must be an http or https address')
}

function rateLimit(value: string | undefined): Pick<Config, 'rateLimit' | 'anonymousRateLimit'> {
  if (value === undefined)
    return { rateLimit: rateLimits.perCallerPerMinute, anonymousRateLimit: rateLimits.anonymousPerMinute }
  if (value === 'off') return { rateLimit: undefined, anonymousRateLimit: undefined }
  if (!/^[1-9]\d{0,8}$/.test(value))
    throw new ConfigError('RATE_LIMIT', value, 'must be a number of requests a minute, or off')
  return { rateLimit: Number(value), anonymousRateLimit: Number(value) }
}

/** What a process that this one starts is given of the environment. */
export const inherited = (): Environment => ({ PATH: process.env['PATH'], HOME: process.env['HOME'] })
