// A worker: takes jobs while it has room, runs them beside each other, and says now and then that it lives.
import { setTimeout as sleep } from 'node:timers/promises'
import { jobLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { toBeCancelled } from './cancelling.ts'
import { channels } from './channels.ts'
import { claim, type Want } from './claim.ts'
import { type Complete, completions } from './completions.ts'
import { beat, leave, rescue } from './lease.ts'
import { peek } from './peek.ts'
import { promote } from './promote.ts'
import { allQueues, type Queues, queuesOf } from './queues.ts'
import type { JobRow } from './row.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { settle } from './settle.ts'
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
  readonly #id: string
  readonly #complete: Complete
  readonly #running = new Map<
    string,
    { readonly trying: Trying; readonly queue: string; readonly end: Promise<void> }
  >()
  readonly #scheduler: Scheduler
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
      this.#isWoken = false
      const isMore = await this.#trying('claim', () => this.#take())
      if (isMore !== true) await this.#rest()
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
        await beat(this.#house, this.#id, this.#settings.leaseMs)
        this.#beatAt = performance.now()
        // One process owns the database: whoever had jobs before is gone.
        if (!engine.facts.manyProcesses) await rescue(this.#house, this.#id, century)
        return true
      })
      if (isHere === true) return
      await this.#rest()
    }
  }

  async #beat(): Promise<void> {
    const isKnown = await this.#trying('heartbeat', () => beat(this.#house, this.#id, this.#settings.leaseMs))
    const now = performance.now()
    if (isKnown === false || now - this.#beatAt >= this.#settings.leaseMs) this.#stopAll('lost')
    if (isKnown !== undefined) this.#beatAt = now
  }

  /** What wakes tell nothing of: jobs whose time has come, workers that are gone, jobs to stop. */
  async #look(): Promise<void> {
    this.#lookAt = performance.now() + this.#settings.pollMs
    if (performance.now() >= this.#tidyAt) await this.#tidy()
    await this.#scheduler.look()
    const { nextMs, isLost } = await peek(this.#house)
    if (isLost) await rescue(this.#house, this.#id)
    if (this.#running.size > 0) await this.#cancel()
    const now = this.#house.clock.ms()
    if (nextMs !== undefined && nextMs <= now) await promote(this.#house)
    // A time that is past means that more is due than one statement does.
    const inMs = Math.min(nextMs ?? Infinity, this.#scheduler.nextMs ?? Infinity) - now
    this.#lookAt = Math.min(this.#lookAt, performance.now() + Math.max(inMs, leastPauseMs))
  }

  async #tidy(): Promise<void> {
    this.#queues = await allQueues(this.#house)
    const swept = await sweep(this.#house)
    this.#tidyAt = performance.now() + (swept < jobLimits.batch ? jobLimits.tidyMs : 0)
  }

  async #cancel(): Promise<void> {
    for (const id of await toBeCancelled(this.#house, this.#id)) this.#running.get(id)?.trying.stop('cancelled')
  }

  async #take(): Promise<boolean> {
    const wants = this.#wants()
    if (wants.length === 0) return false
    const { jobs, isMore } = await claim(this.#house, this.#id, wants)
    for (const job of jobs) this.#start(job)
    return isMore
  }

  #wants(): Want[] {
    const taken = [...this.#running.values()]
    const room = (queue: string, most: number): number => most - taken.filter((one) => one.queue === queue).length
    return [...this.#queues]
      .map(([queue, most]) => ({ queue, room: Math.min(room(queue, most), jobLimits.batch) }))
      .filter((want) => want.room > 0)
  }

  #start(job: JobRow): void {
    const trying = tryJob(this.#house, job)
    this.#running.set(job.id, { trying, queue: job.queue, end: this.#ends(job, trying.outcome) })
  }

  async #ends(job: JobRow, outcome: Promise<Outcome>): Promise<void> {
    await this.#settled(job, await outcome)
    this.#running.delete(job.id)
    this.#wake() // there is room
  }

  // Until it is written down, the job counts as running; when it cannot be, the lease ends with this worker.
  async #settled(job: JobRow, outcome: Outcome): Promise<void> {
    report(this.#house, job, outcome)
    const write = (): Promise<boolean> =>
      outcome.end === 'done' ? this.#complete(job) : settle(this.#house, job, outcome)
    for (;;) {
      const isTaken = await this.#trying('settle', write)
      if (isTaken === false)
        this.#house.log.warn({ job: job.id, name: job.name }, 'A job was taken over by another worker.')
      if (isTaken !== undefined || this.#isStopping) return
      await sleep(this.#settings.pollMs)
    }
  }

  #stopAll(why: 'lost' | 'stopping'): void {
    for (const { trying } of this.#running.values()) trying.stop(why)
  }

  async #drain(): Promise<void> {
    const ends = (): Promise<unknown> => Promise.all([...this.#running.values()].map(({ end }) => end))
    const enough = new AbortController()
    await Promise.race([ends(), sleep(this.#settings.drainMs, undefined, { signal: enough.signal }).catch(() => {})])
    enough.abort()
    this.#stopAll('stopping')
    await ends()
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

/** Between two looks, however much is due: another process may be at it. */
const leastPauseMs = 10
/** Longer than any lease. */
const century = 100 * 365 * 24 * 60 * 60_000

function report({ log }: House, { id, name, attempt }: JobRow, outcome: Outcome): void {
  const fields = { job: id, name, attempt }
  if (outcome.end === 'again')
    log.warn({ ...fields, error: outcome.error, afterMs: outcome.afterMs }, 'A job failed; it is tried again.')
  if (outcome.end === 'dead') log.error({ ...fields, error: outcome.error }, 'A job failed for good and was set aside.')
}
