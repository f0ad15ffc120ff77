// Starts the app of a crash test in a process of its own, and speaks with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { processFlags } from '../../base/process_flags.ts'
import type { Broken } from '../../call/invariants.ts'
import type { Command, Said } from './child.ts'

export interface Running {
  readonly url: string
  arm(killAt: number): Promise<void>
  /** The invariants that do not hold as it is, with nothing of what is due done. */
  check(): Promise<readonly Broken[]>
  /** Does all that is due; answers the points passed and the invariants that do not hold. Undefined where it died. */
  settle(): Promise<{ readonly passed: number; readonly broken: readonly Broken[] } | undefined>
  /** Kills it where it still lives, and resolves when nothing of it is left. */
  kill(): Promise<void>
  readonly isAlive: boolean
  /** Resolves when it has ended. */
  readonly ended: Promise<undefined>
}

export interface Place {
  /** The module whose default export is the app. */
  readonly app: string
  readonly databaseUrl: string
  readonly secret: string
  /** Does it do what is due by itself, as a server does? Without it only `settle` does. */
  readonly works?: boolean
}

// The file's own extension: .ts in the sources, .js as published.
const childFile = fileURLToPath(import.meta.url.replace(/process(\.[jt]s)$/u, 'child$1'))

/** Starts it; resolves when it answers. Fails with what it said when it ends before. */
export async function startProcess(
  { app, databaseUrl, secret, works }: Place,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Running> {
  const child = spawn(execPath, [...processFlags, childFile, app, works === true ? 'work' : 'rest'], {
    env: {
      ...environment,
      NODE_ENV: 'development',
      DATABASE_URL: databaseUrl,
      PLINTH_SECRET: secret,
      PORT: '0',
      LOG_LEVEL: 'error',
      RATE_LIMIT: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const words: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => words.push(text))
  const state = { isAlive: true }
  const ended = once(child, 'exit').then(() => {
    state.isAlive = false
    return undefined
  })
  const hear = (): Promise<Said | undefined> => Promise.race([heard(child), ended])
  const first = await hear()
  if (first === undefined || !('url' in first)) throw new Error(`the app did not start: ${words.join('')}`)
  const command = async (what: Command): Promise<Said | undefined> => {
    if (!state.isAlive) return undefined
    child.send(what)
    const said = await hear()
    if (said !== undefined && 'failed' in said) throw new Error(said.failed)
    return said
  }
  return {
    url: first.url,
    arm: async (killAt) => void (await command({ do: 'arm', killAt })),
    check: async () => {
      const said = await command({ do: 'check' })
      return said !== undefined && 'broken' in said ? said.broken : []
    },
    settle: async () => {
      const said = await command({ do: 'settle' })
      return said !== undefined && 'broken' in said ? said : undefined
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    ended,
    get isAlive() {
      return state.isAlive
    },
  }
}

async function heard(child: ChildProcess): Promise<Said> {
  const [message] = await once(child, 'message')
  return message as Said // the child is ours
}
