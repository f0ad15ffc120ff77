// Loaded into a server before everything else: on SIGUSR2 it writes the 99th percentile of its event loop's delay.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** In a millisecond. */
const NANOSECONDS = 1e6

// A server's own threads have loops of their own, which nobody waits for.
if (isMainThread) watch()

function watch() {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  process.on('SIGUSR2', () => {
    writeFileSync(process.env.BENCH_LOOP, `${delay.percentile(99) / NANOSECONDS}\n`)
    delay.reset()
  })
}
