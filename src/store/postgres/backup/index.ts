// Backups of a PostgreSQL database by its own programs; to restore any second is its archive's work (see the guide).
import { createReadStream, rmSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { systemClock } from '../../../base/clock.ts'
import { systemRandom } from '../../../base/random.ts'
import { BackupError } from '../../backup/backup_error.ts'
import type { Backups, CopyOptions, ProveOptions, Restored, RestoreOptions, Trial } from '../../backup/backups.ts'
import { checkPieces } from '../../backup/check_pieces.ts'
import { choose, type Choice } from '../../backup/choose.ts'
import { snapshotPath } from '../../backup/folder.ts'
import { beginGeneration, refuseForeign } from '../../backup/generation.ts'
import type { SnapshotHead } from '../../backup/heads.ts'
import { checkPiece, writeLargePiece } from '../../backup/piece.ts'
import { type ClientTool, startTool } from './client_tool.ts'
import { prepareRoles, refuseBlind, restorePrivileges, rolesIn } from './row_security.ts'
import { createDatabase, dropDatabase, stateOf } from './sessions.ts'

/** The backups of a database. Each is one copy: a state, not a history. */
export function postgresBackups(databaseUrl: string): Backups {
  return {
    copy: (options) => dump(databaseUrl, options),
    restore: (options) => restore(databaseUrl, options),
    prove: (options) => prove(databaseUrl, options),
  }
}

async function dump(databaseUrl: string, { folder, report }: CopyOptions): Promise<string> {
  const database = nameOf(databaseUrl)
  refuseForeign(folder, database)
  const at = systemClock.ms()
  const head = { engine: 'postgres', kind: 'copy', database, startedAt: at } as const
  const { generation } = beginGeneration(folder, head, systemRandom)
  try {
    await refuseBlind(databaseUrl)
    const { child, ended } = startTool('pg_dump', DUMP, databaseUrl)
    const snapshot: SnapshotHead = { type: 'snapshot', at, place: { round: 0, frame: 0 }, segment: 0, bytes: 0 }
    const path = snapshotPath(generation, 0, at)
    await writeLargePiece(path, snapshot, outputOf(child.stdout ?? [], ended, report))
    return generation
  } catch (error) {
    rmSync(generation, { recursive: true, force: true })
    throw error
  }
}

// With row security on, a user who is not a superuser is refused without being asked whether it sees every row: it was.
const DUMP = ['--format=custom', '--no-owner', '--no-privileges', '--enable-row-security']

// The piece is finished only when the program has said that it was all.
async function* outputOf(
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  ended: Promise<void>,
  report: CopyOptions['report'],
): AsyncGenerator<Buffer> {
  let done = 0
  for await (const part of parts) {
    done += part.length
    report(done, undefined, 'bytes of the dump')
    yield part
  }
  await ended
}

async function restore(databaseUrl: string, options: RestoreOptions): Promise<Restored> {
  const choice = choose(options.folder, options.to)
  const { others, tables } = await stateOf(databaseUrl)
  if (others > 0) throw new BackupError(`${nameOf(databaseUrl)} is in use by ${others} others; stop them first`)
  if (tables > 0 && !options.force) {
    throw new BackupError(`${nameOf(databaseUrl)} has ${tables} tables already; with --force they are replaced`)
  }
  await load(databaseUrl, choice, ['--clean', '--if-exists', '--single-transaction'], options.report)
  return { ms: choice.ms, kept: undefined }
}

async function load(
  databaseUrl: string,
  { snapshot }: Choice,
  words: readonly string[],
  report: RestoreOptions['report'],
): Promise<void> {
  const { from, until } = await checkPiece<SnapshotHead>(snapshot.path, 'snapshot')
  const bytes = (): Readable => createReadStream(snapshot.path, { start: from, end: until - 1 })
  const roles = rolesIn(await statementsIn(bytes()))
  if (roles !== undefined) await prepareRoles(databaseUrl, roles)
  const tool = startTool('pg_restore', ['--no-owner', '--no-privileges', ...words], databaseUrl)
  let done = 0
  await feed(tool, bytes(), (part) => {
    done += part.length
    report(done, until - from, 'bytes of the dump')
  })
  if (roles !== undefined) await restorePrivileges(databaseUrl)
}

/** What a dump does after its rows are in. */
async function statementsIn(bytes: Readable): Promise<string> {
  const { child, ended } = startTool('pg_restore', ['--section=post-data', '--file=-'])
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new TypeError('pg_restore was started with pipes')
  // It reads no further than it needs to, which is no failure of the pipe.
  const fed = pipeline(bytes, stdin).catch(() => undefined)
  const [statements] = await Promise.all([text(stdout), ended, fed])
  return statements
}

async function feed({ child, ended }: ClientTool, bytes: Readable, seen: (part: Buffer) => void): Promise<void> {
  const { stdin } = child
  if (stdin === null) throw new TypeError('pg_restore was started with a pipe')
  const fed = pipeline(
    bytes,
    async function* counted(parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        seen(part)
        yield part
      }
    },
    stdin,
  )
  // What the program says of itself explains more than its closed pipe does.
  const [fate, feeding] = await Promise.allSettled([ended, fed])
  if (fate.status === 'rejected') throw fate.reason
  if (feeding.status === 'rejected') throw feeding.reason
}

async function prove(databaseUrl: string, { folder, report }: ProveOptions): Promise<Trial> {
  const { pieces, bytes, problems } = await checkPieces(folder, report)
  const nothing = { pieces, bytes, ms: undefined, databaseUrl: undefined, drop: async () => undefined }
  if (problems.length > 0) return { ...nothing, problems }
  const name = `plinth_restore_${Buffer.from(systemRandom.bytes(4)).toString('hex')}`
  const scratch = await createDatabase(databaseUrl, name)
  const drop = (): Promise<void> => dropDatabase(databaseUrl, name)
  try {
    const choice = choose(folder)
    await load(scratch, choice, ['--exit-on-error'], report)
    return { pieces, bytes, ms: choice.ms, problems, databaseUrl: scratch, drop }
  } catch (error) {
    await drop()
    if (!(error instanceof BackupError)) throw error
    return { ...nothing, problems: [error.message] }
  }
}

/** Host, port and database: safe to show, and to write down. */
function nameOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}
