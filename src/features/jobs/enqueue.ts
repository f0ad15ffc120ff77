// `tx.enqueue`: jobs written in the transaction that promises them, so that they are done if it commits, and only then.
import { jobLimits } from '../../base/limits.ts'
import type { Values } from '../../call/draft.ts'
import type { Work } from '../../call/work.ts'
import type { EnqueueOptions, Job } from '../../define/job.ts'
import { channels } from './channels.ts'
import { packInput } from './input.ts'
import { keyWithin, lastTurns } from './line.ts'
import type { NewJob } from './insert.ts'
import { statementsOf } from './prepared.ts'
import { defaultQueue } from './queues.ts'
import { holders, holdsOf, tickOf } from './unique.ts'

/** One job that is asked for. */
export interface Asked {
  readonly job: Job
  readonly input: Values
  readonly options?: EnqueueOptions & Inside
}

/** What only the house gives. */
export interface Inside {
  /** The time of a schedule that makes it: each makes one job. */
  readonly tick?: { readonly schedule: string; readonly ms: number }
  /** The request and the tenant it is done for, where they are not those of the transaction. */
  readonly request?: string
  readonly tenant?: string | null
}

/** Promises a job and answers its id. Fails with TypeError for a job or input that is not the app's. */
export async function enqueue(work: Work, job: Job, input: Values, options: EnqueueOptions = {}): Promise<string> {
  const [id] = await enqueueAll(work, [{ job, input, options }])
  if (id === undefined) throw new TypeError(`job "${job.name}": it was neither made nor there already`)
  return id
}

/**
 * Promises many jobs in as few statements as there can be, and answers their ids in the order asked: those of jobs that
 * were there already, where one with the same unique key waits or runs. Fails as `enqueue` does.
 */
export async function enqueueAll(work: Work, asked: readonly Asked[]): Promise<(string | undefined)[]> {
  const { house, session } = work
  const lines = asked.map((one) => lineOf(work, one)).filter((line) => line !== null)
  const turns = await lastTurns(house, session, lines)
  const made = asked.map((one) => newJob(work, one, turns))
  holdBack(made)
  const free = made.filter(({ holds }) => holds === null)
  const held = made.filter(({ holds }) => holds !== null)
  for (const jobs of chunks(free)) await statementsOf(house).insert(session, { jobs })
  const taken = new Set<string>()
  for (const jobs of chunks(held)) {
    const rows = await statementsOf(house).insertUnlessHeld(session, { jobs })
    const ids = new Set(rows.map(([id]) => id))
    for (const { id, holds } of jobs) if (!ids.has(id)) taken.add(String(holds))
  }
  if (taken.size < made.length) work.channels.add(channels.jobs)
  const there = await holders(house, session, [...taken])
  return made.map(({ id, holds }) => (taken.has(String(holds)) ? there.get(String(holds)) : id))
}

// Of those of one line that commit together only the first is ready: nobody can end it before, so it will let the next
// one go. Not so behind one that may turn out to be there already.
function holdBack(made: readonly Draft[]): void {
  const first = new Map<string, Draft>()
  for (const job of made) {
    if (job.line === null) continue
    const before = first.get(job.line)
    if (before === undefined) {
      if (job.holds === null) first.set(job.line, job)
      continue
    }
    before.followed = true
    if (job.state === 'ready') job.state = 'held'
  }
}

function* chunks<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += jobLimits.batch) yield list.slice(at, at + jobLimits.batch)
}

type Draft = NewJob & { state: NewJob['state']; followed: boolean }

function newJob(work: Work, asked: Asked, turns: Map<string, number>): Draft {
  const { job, input, options = {} } = asked
  const { house, now, deed } = work
  const { tick, request = deed.origin.requestId } = options
  const tenant = tenantOf(work, asked)
  if (house.model.jobs.get(job.name) !== job) throw new TypeError(`job "${job.name}" is not among the app's parts`)
  checkOptions(job.name, options)
  const { spec } = job
  const due = options.at ?? new Date(now.getTime() + (options.delayMs ?? 0))
  const { inOrder, unique } = options
  const line = lineOf(work, asked)
  const turn = line === null ? null : (turns.get(line) ?? 0) + 1
  if (line !== null && turn !== null) turns.set(line, turn)
  return {
    id: house.id(),
    name: job.name,
    queue: spec.queue ?? defaultQueue,
    state: due > now ? 'scheduled' : 'ready',
    ...packInput(job, input),
    attempts: spec.attempts ?? jobLimits.attempts,
    dueAt: due.toISOString(),
    unique: unique ?? null,
    inOrder: inOrder ?? null,
    line,
    schedule: tick?.schedule ?? null,
    caller: deed.caller.id,
    request,
    rank: 0 - (options.priority ?? spec.priority ?? 0),
    tenant,
    holds: tick === undefined ? holdsOf(job.name, unique ?? null, tenant) : tickOf(tick.schedule, tick.ms),
    turn,
    followed: false,
    now: now.toISOString(),
  }
}

const tenantOf = ({ deed }: Work, { options }: Asked): string | null =>
  options?.tenant === undefined ? deed.caller.tenant : options.tenant

function lineOf(work: Work, asked: Asked): string | null {
  const key = asked.options?.inOrder
  return key === undefined ? null : keyWithin(tenantOf(work, asked), key)
}

const longestKey = 200

function checkOptions(name: string, { at, delayMs, priority, unique, inOrder }: EnqueueOptions): void {
  const refused: readonly (readonly [boolean, string])[] = [
    [at !== undefined && delayMs !== undefined, 'say `at` or `delayMs`, not both'],
    [at !== undefined && Number.isNaN(at.getTime()), '`at` is no time'],
    [delayMs !== undefined && !(delayMs >= 0 && delayMs <= 1e11), '`delayMs` is a number of milliseconds from 0'],
    [
      priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= 100),
      '`priority` is a whole number from -100 to 100',
    ],
    [isNoKey(unique), `\`unique\` is a text of 1 to ${longestKey} characters`],
    [isNoKey(inOrder), `\`inOrder\` is a text of 1 to ${longestKey} characters`],
  ]
  for (const [is, why] of refused) if (is) throw new TypeError(`job "${name}": ${why}`)
}

const isNoKey = (key: unknown): boolean =>
  key !== undefined && (typeof key !== 'string' || key === '' || key.length > longestKey)
