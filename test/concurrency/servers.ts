// What the clients of the tests ask: processes of one database, which may be killed, or a server in this process.
import { join } from 'node:path'
import { type Asking, type Child, type Reply, startProcess } from '../keys/processes.ts'
import type { Surface } from '../surface/test_server.ts'

/** Some servers of one database. */
export interface Servers {
  /** Asks the server whose turn it is for that client. */
  ask(client: number, asking: Asking): Promise<Reply>
  /** Kills one, and begins another in its place. */
  kill?(which: number): void
  close(): Promise<void>
}

/** Starts so many processes on one database. */
export async function startServers(databaseUrl: string, processes: number): Promise<Servers> {
  const start = (): Promise<Child> => startProcess(databaseUrl, join(import.meta.dirname, 'child.ts'), [])
  const first = await start() // alone: it makes the tables
  const rest = await Promise.all(Array.from({ length: processes - 1 }, start))
  const children = [first, ...rest].map((child) => ({ next: Promise.resolve(child) }))
  return {
    async ask(client, asking) {
      const child = await children[client % processes]!.next
      return child.ask(asking)
    },
    kill(which) {
      const child = children[which % processes]!
      child.next = child.next.then(async (running) => {
        await running.kill()
        return start()
      })
    },
    async close() {
      for (const { next } of children) await (await next).kill()
    },
  }
}

/** The server of a surface, in this process. */
export const serversOf = (surface: Surface): Servers => ({
  async ask(_client, { method, path, ifMatch, body }) {
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch }
    return surface.ask({
      url: path,
      headers,
      ...(method !== undefined && { method }),
      ...(body !== undefined && { body }),
    })
  },
  close: () => surface.close(),
})
