// Takes the door out of service without failing a request: the order of its steps is the promise.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { drainLimits } from '../../base/limits.ts'

/** `drainLimits`, any of them with another value. */
export type DrainLimits = Readonly<Record<keyof typeof drainLimits, number>>

export interface Drain {
  /** True from the first moment: `/ready` says no. */
  readonly draining: boolean
  /** True once every answer carries `Connection: close`. */
  readonly closing: boolean
  /** Milliseconds a handler still has, a tenth kept back to answer before the cut; Infinity before the drain. */
  leftMs(): number
  /** Walks the steps; resolves when no connection is left. Hasty: nobody has to notice first. */
  run(hasty?: boolean): Promise<void>
}

/** How often connections without a request are looked for. */
const SWEEP_MS = 50

/** A connection that has not sent its first byte this long after the door shut is not going to. */
const SILENT_MS = 1_000

/** A drain that has not begun; a server has one, made before it listens. */
export function createDrain(server: Server, limits: DrainLimits, nowMs: () => number): Drain {
  const closeSilent = trackSilent(server)
  const finishMs = Math.min(limits.drainMs, Math.max(0, limits.totalMs - limits.unreadyMs))
  let beganMs = Infinity
  let unreadyMs = limits.unreadyMs
  let closing = false
  const run = async (hasty = false): Promise<void> => {
    beganMs = nowMs()
    if (hasty) unreadyMs = 0
    // 1. Unready, serving as ever, until the balancer has noticed. 2. The second half of that time each answer also
    // ends its connection (left alone, Node says keep-alive to the last): a busy client moves to another process by
    // itself, and only those without a word in all that time are left to be hung up on, which a request could cross.
    await sleep(unreadyMs / 2)
    closing = true
    await sleep(unreadyMs / 2)
    await shut(server, finishMs, closeSilent)
  }
  return {
    get draining() {
      return beganMs !== Infinity
    },
    get closing() {
      return closing
    },
    leftMs: () => Math.max(0, beganMs + unreadyMs + finishMs * 0.9 - nowMs()),
    run,
  }
}

// 3. Stop accepting. 4. Close what is idle, again and again. 5. Let the rest finish. 6. Cut off what did not.
async function shut(server: Server, finishMs: number, closeSilent: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const hush = setTimeout(closeSilent, Math.min(SILENT_MS, finishMs))
  const cut = setTimeout(() => server.closeAllConnections(), finishMs)
  await closed
  clearInterval(sweep)
  clearTimeout(hush)
  clearTimeout(cut)
}

/** Node counts a connection as idle only after its first request; those that never spoke are found here. */
function trackSilent(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}
