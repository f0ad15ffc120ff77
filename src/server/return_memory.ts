// Gives back what a start leaves behind: a third of the heap is garbage then, which V8 keeps until it needs the room.
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** When to look whether nothing is asked, and what to do then. */
export interface Quiet {
  readonly everyMs: number
  readonly looks: number
  readonly collect: () => void
}

/** Share of its time in which the event loop has something to do; of more, somebody is being answered. */
const idleShare = 0.05

/** Collects once, at the first quiet moment of half a minute: it takes some 50 ms, in which nobody should wait. */
export function returnMemory(
  { everyMs, looks, collect }: Quiet = { everyMs: 500, looks: 60, collect: collectAll },
): void {
  let before = performance.eventLoopUtilization()
  let left = looks
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const isQuiet = performance.eventLoopUtilization(now, before).utilization < idleShare
    before = now
    if (isQuiet || --left === 0) clearInterval(timer)
    if (isQuiet) collect()
  }, everyMs)
  timer.unref()
}

/** Collects all that can be collected, and returns the pages to the system. */
export function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
