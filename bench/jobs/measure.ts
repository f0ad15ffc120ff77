// Measures one queue in this process, and prints what it saw as JSON.
import { argv, stdout } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBullMq } from './peers/bullmq.ts'
import { openGraphile } from './peers/graphile.ts'
import { openPgBoss } from './peers/pg_boss.ts'
import { openPlinth } from './plinth.ts'
import type { OpenQueue, OpensQueue } from './queue.ts'

/** Jobs that run at once. */
const beside = 20
/** Promises in flight. */
const inFlight = 16

const systems: Readonly<Record<string, OpensQueue>> = {
  'plinth-sqlite': openPlinth(beside),
  'plinth-postgres': openPlinth(beside),
  'pg-boss': openPgBoss,
  'graphile-worker': openGraphile(false),
  'graphile-worker-ahead': openGraphile(true),
  bullmq: openBullMq,
}

export interface Measured {
  /** Jobs promised a second, each on its own, some at once. */
  readonly promised: number
  /** Jobs run a second, all of them there before. */
  readonly run: number
  /** Milliseconds from before the promise to the begin of the job, one at a time. */
  readonly p50: number
  readonly p99: number
}

async function promiseAll(queue: OpenQueue, from: number, count: number): Promise<number> {
  const next = { n: from }
  const began = performance.now()
  const one = async (): Promise<void> => {
    while (next.n < from + count) await queue.promise(next.n++)
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  return (count * 1_000) / (performance.now() - began)
}

async function measure(queue: OpenQueue, count: number): Promise<Measured> {
  const heard: { waiting: number; done: () => void; begun: number[] } = { waiting: 0, done: () => {}, begun: [] }
  const ran = (): void => {
    heard.begun.push(performance.now())
    if (--heard.waiting === 0) heard.done()
  }
  const all = (waiting: number): Promise<void> =>
    new Promise((resolve) => Object.assign(heard, { waiting, done: resolve, begun: [] }))

  const promised = await promiseAll(queue, 0, count)
  const isEmpty = all(count)
  const began = performance.now()
  const stop = await queue.work(beside, ran)
  await isEmpty
  const run = (count * 1_000) / (performance.now() - began)

  await sleep(1_500)
  const took: number[] = []
  for (let n = 0; n < 200; n++) {
    const begun = all(1)
    const at = performance.now()
    await queue.promise(count + n)
    await begun
    took.push((heard.begun[0] ?? at) - at)
    await sleep(10)
  }
  await stop()
  await queue.close()
  took.sort((a, b) => a - b)
  return { promised, run, p50: took[100] ?? 0, p99: took[198] ?? 0 }
}

const [, , name = '', url = '', count = '3000'] = argv
const open = systems[name]
if (open === undefined) throw new TypeError(`"${name}" is none of ${Object.keys(systems).join(', ')}`)
stdout.write(`${JSON.stringify(await measure(await open(url), Number(count)))}\n`)
process.exit(0)
