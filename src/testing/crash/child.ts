// An app in a process of its own, which dies at the point of its work that it is told.
import { flushCompileCache } from 'node:module'
import { argv, kill, pid } from 'node:process'
import { pathToFileURL } from 'node:url'
import { createLog } from '../../base/log.ts'
import { type Broken, brokenInvariants } from '../../call/invariants.ts'
import type { App } from '../../define/app.ts'
import { readConfig } from '../../server/config.ts'
import { openServer, type Server } from '../../server/start.ts'
import { openEngine } from '../../server/engine.ts'
import { settle } from '../settle.ts'
import { withFailpoints } from './failpoints.ts'

export type Command =
  /** From now on count the points of work, and die at that one. */
  | { readonly do: 'arm'; readonly killAt: number }
  /** Ask the invariants, with nothing of what is due done. */
  | { readonly do: 'check' }
  /** Do all that is due, then ask the invariants. */
  | { readonly do: 'settle' }

export type Said =
  | { readonly url: string }
  | { readonly done: 'arm' }
  | { readonly done: 'check' | 'settle'; readonly passed: number; readonly broken: readonly Broken[] }
  | { readonly failed: string }

const state: { passed: number; killAt: number | undefined } = { passed: 0, killAt: undefined }

const die = (): void => void kill(pid, 'SIGKILL')

function reach(): void {
  if (state.killAt !== undefined && ++state.passed === state.killAt) die()
}

const say = (said: Said): void => void process.send?.(said)

async function obey({ house }: Server, command: Command): Promise<void> {
  if (command.do === 'arm') {
    state.passed = 0
    state.killAt = command.killAt
    return say({ done: 'arm' })
  }
  if (command.do === 'settle') await settle(house.house)
  const { passed } = state
  state.killAt = undefined // what is asked now is no part of the test
  say({ done: command.do, passed, broken: await brokenInvariants(house.house) })
}

async function serve(file: string): Promise<void> {
  process.on('disconnect', die) // without its parent it has nobody to serve
  const loaded = (await import(pathToFileURL(file).href)) as { readonly default?: App }
  if (loaded.default?.type !== 'app') throw new TypeError(`${file} has no app as its default export`)
  const config = readConfig()
  const log = createLog({ level: 'error' })
  const engine = await openEngine({ ...config, log })
  const server = await openServer(loaded.default, { config, engine: withFailpoints(engine, reach) })
  const { url } = await server.door.listen({ port: config.port, host: config.host })
  if (argv[3] === 'work') await server.work()
  server.setReady()
  process.on('message', (command: Command) => {
    obey(server, command).catch((error: unknown) => {
      say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    })
  })
  flushCompileCache() // a process that is killed keeps nothing by itself
  say({ url })
}

await serve(argv[2] ?? '')
