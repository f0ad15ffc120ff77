// What the tests of the door share: an open door whose log is kept in memory, and bare sockets to speak to it.
import { connect, type Socket } from 'node:net'
import { systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { createDoor, type Door, type DoorOptions } from './door.ts'
import type { DoorAnswer, Route } from './route.ts'

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: Record<string, unknown>
}

/** A log that keeps its lines. */
export function keptLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: string) =>
    (fields: Record<string, unknown>, message: string): void => {
      lines.push({ level, message, fields })
    }
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), flush: () => undefined }
  return { log, lines }
}

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): DoorAnswer => ({
  status,
  headers,
  body: JSON.stringify(value),
  type: 'application/json',
})

/** A small app: read, list, create, patch, delete, and a handler that waits. */
export const sampleRoutes: readonly Route[] = [
  { method: 'GET', path: '/items', name: 'items.list', handle: ({ query }) => json({ query }) },
  {
    method: 'POST',
    path: '/items',
    name: 'items.create',
    consumes: ['application/json'],
    handle: ({ body }) => json({ body: body ?? null }, 201),
  },
  {
    method: 'GET',
    path: '/items/:id',
    name: 'items.read',
    handle: ({ params }) => json({ id: params['id'] }, 200, { ETag: '"7"' }),
  },
  {
    method: 'DELETE',
    path: '/items/:id',
    name: 'items.delete',
    handle: () => ({ status: 204, headers: {}, body: undefined, type: '' }),
  },
  {
    method: 'PATCH',
    path: '/items/:id',
    name: 'items.update',
    consumes: ['application/merge-patch+json', 'application/json'],
    handle: ({ body, contentType }) => json({ body, contentType }),
  },
  {
    method: 'GET',
    path: '/slow',
    name: 'slow',
    handle: () => new Promise((resolve) => setTimeout(resolve, 150, json({ slow: true }))),
  },
  {
    method: 'GET',
    path: '/long',
    name: 'long',
    handle: () => json({ text: 'ab'.repeat(4_000) }, 200, { ETag: '"7"' }),
  },
]

export interface TestDoor {
  readonly door: Door
  readonly lines: LogLine[]
}

/** A door that is not open yet, for `inject`. */
export function testDoor(options: Partial<DoorOptions> = {}): TestDoor {
  const { log, lines } = keptLog()
  const ready = (): { ready: boolean; checks: Record<string, string> } => ({ ready: true, checks: { database: 'ok' } })
  const random = seededRandom(7)
  const drain = { unreadyMs: 0, drainMs: 200, totalMs: 400 }
  return {
    door: createDoor({ routes: sampleRoutes, log, clock: systemClock, random, ready, drain, ...options }),
    lines,
  }
}

/** The same door on a port of its own. */
export async function openDoor(options: Partial<DoorOptions> = {}): Promise<TestDoor & { readonly port: number }> {
  const made = testDoor(options)
  const { url } = await made.door.listen({ port: 0, host: '127.0.0.1' })
  return { ...made, port: Number(new URL(url).port) }
}

export interface RawAnswer {
  /** 0 when nothing came. */
  readonly status: number
  readonly head: string
  readonly body: string
  readonly all: string
  readonly ms: number
}

/** Writes text as it is to a fresh socket and reads until the server hangs up, or until `waitMs`. */
export function speak(port: number, text: string | Uint8Array, waitMs = 3_000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const timer = setTimeout(() => socket.destroy(), waitMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined) // A reset shows as a missing or cut answer, which is what the tests look at.
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(readAnswer(Buffer.concat(chunks).toString('latin1'), performance.now() - started))
    })
    socket.write(text)
  })
}

function readAnswer(all: string, ms: number): RawAnswer {
  const split = all.indexOf('\r\n\r\n')
  const head = split === -1 ? all : all.slice(0, split)
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: all.slice(split + 4), all, ms }
}

/** The value of a header in a raw head; undefined where it is missing. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim()
}

/** Opens a socket and waits until it is connected. */
export function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })
}
