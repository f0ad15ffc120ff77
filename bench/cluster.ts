// A private PostgreSQL for the measurements: its own folder, loopback only, no password, on core 1.
import { execFileSync } from 'node:child_process'
import { appendFileSync, chownSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, escapeIdentifier } from 'pg'
import { has, pinned } from './machine.ts'

const PORT = 54_331
const SETTINGS = `
port = ${PORT}
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
fsync = on
synchronous_commit = on
`

/** Where one database of the cluster is. */
export const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${PORT}/${database}`

export class Cluster {
  readonly folder: string

  constructor(work: string) {
    this.folder = join(work, 'postgres')
  }

  /** Starts the cluster, making it first if there is none. Fails when PostgreSQL is not installed. */
  start(): void {
    if (!existsSync(join(this.folder, 'PG_VERSION'))) this.create()
    if (this.isRunning()) return
    this.run(pinned(1, [programOf('pg_ctl'), '-D', this.folder, '-l', join(this.folder, 'log'), '-w', 'start']))
  }

  stop(): void {
    this.run([programOf('pg_ctl'), '-D', this.folder, '-m', 'fast', '-w', 'stop'])
  }

  /** The process whose children are the backends. */
  postmaster(): number {
    return Number(readFileSync(join(this.folder, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  }

  /** Makes an empty database, in place of one of that name. */
  async fresh(database: string): Promise<string> {
    const client = new Client({ connectionString: urlOf('postgres') })
    await client.connect()
    await client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`)
    await client.query(`create database ${escapeIdentifier(database)}`)
    await client.end()
    return urlOf(database)
  }

  private isRunning(): boolean {
    return existsSync(join(this.folder, 'postmaster.pid')) && existsSync(`/proc/${this.postmaster()}`)
  }

  private create(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const { uid, gid } = owner()
    if (uid !== undefined && gid !== undefined) chownSync(this.folder, uid, gid)
    const argv = ['-D', this.folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']
    this.run([programOf('initdb'), ...argv])
    appendFileSync(join(this.folder, 'postgresql.conf'), SETTINGS)
  }

  private run(argv: readonly string[]): void {
    const [program = '', ...rest] = argv
    execFileSync(program, rest, { ...owner(), cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

/** PostgreSQL refuses to run as root: then it runs as the account its package made. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  return { uid: postgresId('-u'), gid: postgresId('-g') }
}

const postgresId = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))

function programOf(name: string): string {
  const found = globSync(`/usr/lib/postgresql/*/bin/${name}`).toSorted().at(-1)
  if (found !== undefined) return found
  if (has(name)) return name
  throw new Error(`${name} was not found: install PostgreSQL (apt-get install postgresql)`)
}
