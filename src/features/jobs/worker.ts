// A worker: takes jobs while it has room, runs them beside each other, and says now and then that it lives.
import { setTimeout as sleep } from 'node:timers/promises'
import { jobLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { toBeCancelled } from './cancelling.ts'
import { channels } from './channels.ts'
import { claim } from './claim.ts'
import { type Complete, completions } from './completions.ts'
import { hold } from './hold.ts'
import { beat, leave, rescue } from './lease.ts'
import { peek } from './peek.ts'
import { promote } from './promote.ts'
import { allQueues, type Queues, queuesOf } from './queues.ts'
import type { JobRow } from './row.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { settle } from './settle.ts'
import { Slots } from './slots.ts'
import { sweep } from './sweep.ts'
import { type Outcome, tryJob, type Trying } from './try_job.ts'

/** How a worker keeps its time; the defaults are those of base/limits.ts. */
export type WorkerSettings = { readonly [K in 'leaseMs' | 'heartbeatMs' | 'pollMs' | 'drainMs']: number }

/** Begins a worker in this process. */
export function startWorker(house: House, settings: Partial<WorkerSettings> = {}): Runner {
  const worker = new Worker(house, { ...jobLimits, ...settings })
  const running = worker.run()
  return {
    stop: async () => {
      worker.stop()
      await running
    },
  }
}

class Worker {
  readonly #house: House
  readonly #settings: WorkerSettings
  #id: string
  readonly #complete: Complete
  readonly #scheduler: Scheduler
  readonly #slots = new Slots()
  readonly #running = new Map<string, Trying>()
  /** Ends that are still being written down. */
  readonly #ends = new Set<Promise<void>>()
  #queues: Queues
  #isStopping = false
  #isWoken = false
  #rouse = (): void => {}
  /** When it looks by itself again, by the process's own steady clock. */
  #lookAt = 0
  /** When it looks for queues it does not know and jobs to forget. */
  #tidyAt = 0
  /** When it last said that it lives. */
  #beatAt = 0

  constructor(house: House, settings: WorkerSettings) {
    this.#house = house
    this.#settings = settings
    this.#id = house.id()
    this.#complete = completions(house)
    this.#scheduler = createScheduler(house)
    this.#queues = queuesOf(house)
    this.#slots.serve(this.#queues)
  }

  stop(): void {
    this.#isStopping = true
    this.#rouse()
  }

  /** Lives until it is stopped and has no job any more. */
  async run(): Promise<void> {
    const { engine } = this.#house
    const deaf = [
      engine.listen(channels.jobs, () => this.#wake()),
      engine.listen(channels.cancel, () => void this.#trying('cancel', () => this.#cancel())),
    ]
    await this.#begin()
    const heart = setInterval(() => void this.#beat(), this.#settings.heartbeatMs)
    while (!this.#isStopping) {
      if (performance.now() >= this.#lookAt) await this.#trying('look', () => this.#look())
      const isWoken = this.#isWoken
      this.#isWoken = false
      const isMore = isWoken && (await this.#trying('claim', () => this.#take()))
      if (isMore === true) this.#isWoken = true
      else await this.#rest()
    }
    for (const stop of deaf) stop()
    await this.#drain()
    clearInterval(heart)
    await this.#trying('leave', () => leave(this.#house, this.#id))
  }

  // Nothing is taken before others can see that it is here.
  async #begin(): Promise<void> {
    const { engine } = this.#house
    while (!this.#isStopping) {
      const isHere = await this.#trying('begin', async () => {
        await this.#appear()
        // One process owns the database: whoever had jobs before is gone.
        if (!engine.facts.manyProcesses) await rescue(this.#house, this.#id, century)
        return true
      })
      if (isHere === true) return
      await this.#rest()
    }
  }

  async #appear(): Promise<void> {
    await beat(this.#house, this.#id, this.#settings.leaseMs)
    this.#beatAt = performance.now()
  }

  async #beat(): Promise<void> {
    const id = this.#id
    const isKnown = await this.#trying('heartbeat', () => beat(this.#house, id, this.#settings.leaseMs))
    const now = performance.now()
    const isLost = isKnown === false || (isKnown === undefined && now - this.#beatAt >= this.#settings.leaseMs)
    if (isLost && id === this.#id) await this.#lose()
    else if (isKnown === true) this.#beatAt = now
  }

  // Others may have its jobs by now: none that has not begun is begun, the others are told to stop, and it goes on as
  // another worker. What it was lent under its old name is freed, at the latest when that lease ends.
  async #lose(): Promise<void> {
    const lost = this.#id
    this.#id = this.#house.id()
    this.#slots.takeAhead()
    for (const trying of this.#running.values()) trying.stop('lost')
    await this.#trying('leave', () => leave(this.#house, lost))
    await this.#trying('begin', () => this.#appear())
  }

  /** What wakes tell nothing of: jobs whose time has come, workers that are gone, jobs to stop. */
  async #look(): Promise<void> {
    this.#lookAt = performance.now() + this.#settings.pollMs
    if (performance.now() >= this.#tidyAt) await this.#tidy()
    await this.#scheduler.look()
    const { nextMs, isReady, isLost, hasLines } = await peek(this.#house)
    if (isLost) await rescue(this.#house, this.#id)
    if (hasLines) for (const queue of this.#queues.keys()) await hold(this.#house, queue)
    if (this.#running.size > 0) await this.#cancel()
    const now = this.#house.clock.ms()
    const promoted = nextMs !== undefined && nextMs <= now ? await promote(this.#house) : 0
    if (isReady || promoted > 0) this.#isWoken = true
    // A time that is past means that more is due than one statement does.
    const inMs = Math.min(nextMs ?? Infinity, this.#scheduler.nextMs ?? Infinity) - now
    this.#lookAt = Math.min(this.#lookAt, performance.now() + Math.max(inMs, leastPauseMs))
  }

  async #tidy(): Promise<void> {
    this.#queues = await allQueues(this.#house)
    this.#slots.serve(this.#queues)
    const swept = await sweep(this.#house)
    this.#tidyAt = performance.now() + (swept < jobLimits.batch ? jobLimits.tidyMs : 0)
  }

  async #cancel(): Promise<void> {
    const ids = new Set(await toBeCancelled(this.#house, this.#id))
    for (const id of ids) this.#running.get(id)?.stop('cancelled')
    for (const job of this.#slots.takeAhead(({ id }) => ids.has(id))) this.#write(job, { end: 'cancelled' })
  }

  async #take(): Promise<boolean> {
    const wants = this.#ends.size > mostUnwritten ? [] : this.#slots.wants()
    if (wants.length === 0) return false
    const { jobs, isMore } = await claim(this.#house, this.#id, wants)
    for (const job of jobs) this.#slots.add(job)
    this.#start()
    return isMore
  }

  #start(): void {
    if (this.#isStopping) return
    for (let job = this.#slots.next(); job !== undefined; job = this.#slots.next()) void this.#run(job)
  }

  async #run(job: JobRow): Promise<void> {
    const began = performance.now()
    const trying = tryJob(this.#house, job)
    this.#running.set(job.id, trying)
    const outcome = await trying.outcome
    this.#running.delete(job.id)
    this.#slots.ended(job.queue, performance.now() - began)
    this.#write(job, outcome)
    this.#start()
    this.#wake() // there is room
  }

  #write(job: JobRow, outcome: Outcome): void {
    const end = this.#settled(job, outcome).finally(() => {
      this.#ends.delete(end)
      if (this.#ends.size === mostUnwritten) this.#wake()
    })
    this.#ends.add(end)
  }

  // Until its end is written down the job counts as lent; when it cannot be, the lease ends with this worker.
  async #settled(job: JobRow, outcome: Outcome): Promise<void> {
    report(this.#house, job, outcome)
    const write = (): Promise<boolean> =>
      outcome.end === 'done' ? this.#complete(job) : settle(this.#house, job, outcome)
    for (;;) {
      const isTaken = await this.#trying('settle', write)
      if (isTaken === false) {
        this.#house.log.warn({ job: job.id, name: job.name }, 'A job was taken over by another worker.')
      }
      if (isTaken !== undefined || this.#isStopping) return
      await sleep(this.#settings.pollMs)
    }
  }

  async #drain(): Promise<void> {
    for (const job of this.#slots.takeAhead()) this.#write(job, { end: 'back' })
    const enough = new AbortController()
    await Promise.race([
      this.#isIdle(),
      sleep(this.#settings.drainMs, undefined, { signal: enough.signal }).catch(() => {}),
    ])
    enough.abort()
    for (const trying of this.#running.values()) trying.stop('stopping')
    await this.#isIdle()
  }

  async #isIdle(): Promise<void> {
    while (this.#running.size + this.#ends.size > 0) {
      await Promise.all([...[...this.#running.values()].map(({ outcome }) => outcome), ...this.#ends])
    }
  }

  #wake(): void {
    this.#isWoken = true
    this.#rouse()
  }

  async #rest(): Promise<void> {
    const ms = this.#lookAt - performance.now()
    if (this.#isWoken || this.#isStopping || ms <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#rouse = resolve
    await promise
    clearTimeout(timer)
  }

  // The database may be away for a while; what failed is done again, and nothing is lost meanwhile.
  async #trying<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.#house.log.warn({ error, worker: this.#id }, `Jobs: ${what} failed; it is tried again.`)
      this.#lookAt = performance.now() + this.#settings.pollMs
      return undefined
    }
  }
}

/** Jobs that have ended and are not written down: beyond this none is taken until some are. */
const mostUnwritten = 2 * jobLimits.batch
/** Between two looks, however much is due: another process may be at it. */
const leastPauseMs = 10
/** Longer than any lease. */
const century = 100 * 365 * 24 * 60 * 60_000

function report({ log }: House, { id, name, attempt }: JobRow, outcome: Outcome): void {
  const fields = { job: id, name, attempt }
  if (outcome.end === 'again') {
    log.warn({ ...fields, error: outcome.error, afterMs: outcome.afterMs }, 'A job failed; it is tried again.')
  }
  if (outcome.end === 'dead') log.error({ ...fields, error: outcome.error }, 'A job failed for good and was set aside.')
}
