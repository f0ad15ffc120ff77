// `tx.enqueue`: jobs written in the transaction that promises them, so that they are done if it commits, and only then.
import { jobLimits } from '../../base/limits.ts'
import type { Values } from '../../call/draft.ts'
import { storeOf } from '../../call/house.ts'
import type { Work } from '../../call/work.ts'
import type { EnqueueOptions, Job } from '../../define/job.ts'
import type { Stored } from '../../define/field.ts'
import type { StoredRow } from '../../store/layout.ts'
import { channels } from './channels.ts'
import { packInput } from './input.ts'
import { lastTurns } from './line.ts'
import { jobs } from './nouns.ts'
import { laidOut } from './row.ts'
import { holders } from './unique.ts'

/** One job that is asked for. */
export interface Asked {
  readonly job: Job
  readonly input: Values
  readonly options?: EnqueueOptions & Inside
}

/** What only the house gives. */
export interface Inside {
  /** Schedule and time; a job that has it already is not made again. */
  readonly tick?: string
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
 * were there already, where one with the same unique key waits or runs. Undefined for a tick that was made before.
 */
export async function enqueueAll(work: Work, asked: readonly Asked[]): Promise<(string | undefined)[]> {
  const { house, session } = work
  const rows = storeOf(house, jobs.name)
  const turns = await lastTurns(
    house,
    session,
    asked.map(({ options }) => options?.inOrder).filter((one) => one !== undefined),
  )
  const drafts = asked.map((one) => draftOf(work, one, turns))
  const at = (name: string): number => rows.layout.at.get(name) ?? -1
  const [holds, tick] = [at('holds'), at('tick')]
  const made = new Set<Stored>()
  for (const [column, list] of [
    ['tick', drafts.filter((row) => row[tick] !== null)],
    ['holds', drafts.filter((row) => row[tick] === null)],
  ] as const) {
    if (list.length === 0) continue
    const wholes = list.map((row) => ({ row, items: [] }))
    for (const [id] of await rows.upsert(session, wholes, { columns: [column], update: [] })) made.add(id ?? null)
  }
  if (made.size > 0) work.channels.add(channels.jobs)
  const there = await holders(house, session, missing(drafts, made, holds))
  return drafts.map((row) => {
    if (made.has(row[0] ?? null)) return String(row[0])
    return there.get(String(row[holds]))
  })
}

const missing = (drafts: readonly StoredRow[], made: ReadonlySet<Stored>, holds: number): string[] => [
  ...new Set(drafts.filter((row) => !made.has(row[0] ?? null) && row[holds] !== null).map((row) => String(row[holds]))),
]

function draftOf(work: Work, { job, input, options = {} }: Asked, turns: Map<string, number>): StoredRow {
  const { house, now, deed } = work
  if (house.model.jobs.get(job.name) !== job) throw new TypeError(`job "${job.name}" is not among the app's parts`)
  checkOptions(job.name, options)
  const { spec } = job
  const due = options.at ?? new Date(now.getTime() + (options.delayMs ?? 0))
  const stamp = now.toISOString()
  const { inOrder, unique } = options
  const turn = inOrder === undefined ? undefined : (turns.get(inOrder) ?? 0) + 1
  if (inOrder !== undefined && turn !== undefined) turns.set(inOrder, turn)
  return laidOut(storeOf(house, jobs.name).layout, {
    id: house.id(),
    name: job.name,
    queue: spec.queue ?? 'default',
    state: due > now ? 'scheduled' : 'ready',
    ...packInput(job, input),
    attempt: 0,
    attempts: spec.attempts ?? jobLimits.attempts,
    dueAt: due.toISOString(),
    unique: unique ?? null,
    inOrder: inOrder ?? null,
    request: options.request ?? deed.origin.requestId,
    cancelling: false,
    rank: 0 - (options.priority ?? spec.priority ?? 0),
    tenant: options.tenant === undefined ? deed.caller.tenant : options.tenant,
    fence: 0,
    holds: unique === undefined ? null : `${job.name} ${unique}`,
    line: inOrder ?? null,
    turn: turn ?? null,
    followed: false,
    tick: options.tick ?? null,
    createdAt: stamp,
    updatedAt: stamp,
    version: 1,
  })
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
