// Runs pg_dump and pg_restore: programs of PostgreSQL, which must be of the server's version or newer.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { BackupError } from '../../backup/backup_error.ts'

/** A program that runs; `ended` fails with BackupError, in its own words, when it does. */
export interface ClientTool {
  readonly child: ChildProcess
  readonly ended: Promise<void>
}

/** Starts a program, against a database if one is named. The password goes by a file: all can read a command line. */
export function startTool(program: string, words: readonly string[], databaseUrl?: string): ClientTool {
  if (databaseUrl === undefined) {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] })
    return { child, ended: ended(child, program) }
  }
  const { address, forget } = addressWithoutPassword(databaseUrl)
  const child = spawn(program, [...words, `--dbname=${address}`], { stdio: ['pipe', 'pipe', 'pipe'] })
  return { child, ended: ended(child, program).finally(forget) }
}

async function ended(child: ChildProcess, program: string): Promise<void> {
  const complaint = child.stderr === null ? Promise.resolve('') : text(child.stderr)
  try {
    await once(child, 'close')
  } catch (error) {
    throw new BackupError(`${program} cannot be run: install the client programs of PostgreSQL`, { cause: error })
  }
  if (child.exitCode === 0) return
  throw new BackupError(`${program} ended with ${child.exitCode ?? child.signalCode}: ${(await complaint).trim()}`)
}

function addressWithoutPassword(databaseUrl: string): { readonly address: string; readonly forget: () => void } {
  const url = new URL(databaseUrl)
  const { password } = url
  if (password === '') return { address: databaseUrl, forget: () => undefined }
  url.password = ''
  const directory = mkdtempSync(join(tmpdir(), 'plinth-pass-'))
  const file = join(directory, 'pass')
  const escaped = decodeURIComponent(password).replaceAll(/[\\:]/g, '\\$&')
  writeFileSync(file, `*:*:*:*:${escaped}\n`, { mode: 0o600 })
  url.searchParams.set('passfile', file)
  return { address: url.href, forget: () => rmSync(directory, { recursive: true, force: true }) }
}
