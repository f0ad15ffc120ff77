// Runs the command line for tests: in their own process, which costs nothing, or in one of its own, as a user does.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createLog } from '../base/log.ts'
import { processFlags } from '../base/process_flags.ts'
import type { Environment } from '../server/config.ts'
import { commandLine } from './command_line.ts'

/** What a command left: its exit code, and what it wrote to standard output and standard error. */
export interface Said {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command here, with this environment and nothing else of the process but its working directory. */
export async function plinth(words: readonly string[], environment: Environment): Promise<Said> {
  assert.ok(words[0] !== 'start' || words.includes('--help'), 'a start is the life of a process')
  const said = { out: '', err: '' }
  const out = (more: string): void => void (said.out += more)
  const status = await commandLine(words, {
    environment,
    isWatched: false,
    out,
    err: (more) => void (said.err += more),
    openLog: () => createLog({ level: 'error', write: out }),
  })
  return { status, ...said }
}

const root = join(import.meta.dirname, '../..')

/** Starts what bin/plinth.mjs starts and waits for its end. Whom it speaks to may be in this process: no spawnSync. */
export const plinthProcess = (words: readonly string[], environment: Environment, cwd?: string): Promise<Said> =>
  processOf([...processFlags, join(root, 'src/cli/main.ts'), ...words], environment, cwd)

/** Starts bin/plinth.mjs itself, which starts the other. */
export const plinthBin = (words: readonly string[], environment: Environment): Promise<Said> =>
  processOf([join(root, 'bin/plinth.mjs'), ...words], environment)

async function processOf(args: readonly string[], environment: Environment, cwd?: string): Promise<Said> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PATH, NODE_COMPILE_CACHE, ...environment }
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { status: child.exitCode, out, err }
}
