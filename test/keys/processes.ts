// Starts servers of the tests of keys in processes of their own, and asks them over HTTP.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { processFlags } from '../../src/base/process_flags.ts'
import type { Protocol } from './child.ts'
import { secret } from '../surface/test_server.ts'

/** What a server said; undefined when the connection was cut before it had. */
export type Reply =
  | {
      readonly status: number
      readonly text: string
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly json: Readonly<Record<string, unknown>>
    }
  | undefined

export interface Asking {
  readonly method?: string
  readonly path: string
  readonly as?: string | undefined
  readonly key?: string
  readonly ifMatch?: string | undefined
  readonly body?: unknown
}

export interface Child {
  /** Where it answers. */
  readonly url: string
  ask(asking: Asking): Promise<Reply>
  /** It dies at that point of its work, counted from now. */
  arm(killAt: number): Promise<void>
  /** Kills it, and resolves when nothing of it is left. */
  kill(): Promise<void>
  readonly isAlive: boolean
}

/** Starts a server on a database; resolves when it answers. Fails with what it said when it ends before. */
export const startChild = (databaseUrl: string, protocol: Protocol = 'sound'): Promise<Child> =>
  startProcess(databaseUrl, join(import.meta.dirname, 'child.ts'), [protocol])

/** The same with another script, which sends its parent its `url`. */
export async function startProcess(databaseUrl: string, script: string, words: readonly string[]): Promise<Child> {
  const child = spawn(execPath, [...processFlags, '--disable-warning=ExperimentalWarning', script, ...words], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      NODE_ENV: 'development',
      DATABASE_URL: databaseUrl,
      PLINTH_SECRET: secret,
      PORT: '0',
      LOG_LEVEL: 'error',
      RATE_LIMIT: 'off',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const state = { isAlive: true }
  const ended = once(child, 'close').then(() => (state.isAlive = false))
  const heard = async (name: string): Promise<unknown> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error(`the server ended: ${said.join('')}`))),
    ])
    return (message as Record<string, unknown>)[name]
  }
  const origin = String(await heard('url'))
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    url: origin,
    ask: (asking) => send(origin, agent, asking),
    arm: async (killAt) => {
      child.send({ killAt })
      await heard('armed')
    },
    kill: async () => {
      child.kill('SIGKILL')
      agent.destroy()
      await ended
    },
    get isAlive() {
      return state.isAlive
    },
  }
}

function send(origin: string, agent: Agent, { method, path, as, key, ifMatch, body }: Asking): Promise<Reply> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(as !== undefined && { authorization: `Bearer ${as}` }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  }
  return new Promise((resolve) => {
    const options = { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, agent }
    const asked = request(origin + path, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => resolve(undefined))
      response.on('end', () => resolve(replyOf(response.statusCode ?? 0, response.headers, chunks)))
    })
    asked.on('error', () => resolve(undefined))
    asked.end(text)
  })
}

function replyOf(status: number, headers: NodeJS.Dict<string | string[]>, chunks: readonly Buffer[]): Reply {
  const text = Buffer.concat(chunks).toString()
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))
  const json: unknown = text === '' ? {} : JSON.parse(text)
  return { status, text, headers: flat, json: typeof json === 'object' && json !== null ? { ...json } : {} }
}
