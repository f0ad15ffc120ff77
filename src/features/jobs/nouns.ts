// The tables of the queue: jobs, the steps they have done, and the workers they are lent to.
import { boolean, choice, compute, integer, json, ref, resource, role, text, timestamp } from '../../define/index.ts'
import { jobLimits } from '../../base/limits.ts'

/**
 * Where a job stands. `scheduled` waits for a time, `ready` for a worker, `held` for the job before it in its line;
 * `dead` has used up its attempts.
 */
export const states = ['scheduled', 'ready', 'held', 'running', 'done', 'dead', 'cancelled'] as const
export type State = (typeof states)[number]

/** Who looks after the queue. */
export const admin = role('admin')

const words = { private: true, optional: true } as const

export const jobs = resource('plinth_jobs', {
  path: 'jobs',
  description: 'Work that the app promised in a transaction and does after it.',
  fields: {
    name: text({ min: 1, max: 80 }),
    queue: text({ min: 1, max: 41 }),
    state: choice(states),
    priority: integer({ computed: true, min: -100, max: 100 }),
    input: json({ maxBytes: jobLimits.inputBytes, maxDepth: 30 }),
    attempt: integer({ min: 0, default: 0, description: 'Tries begun so far.' }),
    attempts: integer({ min: 1, description: 'Tries before it is set aside.' }),
    dueAt: timestamp({ description: 'When it may begin; once it has ended, when it is forgotten.' }),
    startedAt: timestamp({ optional: true }),
    finishedAt: timestamp({ optional: true }),
    progressDone: integer({ optional: true, min: 0 }),
    progressOf: integer({ optional: true, min: 0 }),
    error: text({ optional: true, max: jobLimits.errorChars, description: 'What the last try failed with.' }),
    unique: text({ optional: true, max: 200, description: 'While it waits or runs, no other has this key.' }),
    inOrder: text({ optional: true, max: 200, description: 'Jobs with the same key run one after the other.' }),
    schedule: text({ optional: true, max: 41, description: 'The schedule that made it; one for each of its times.' }),
    caller: text({ optional: true, max: 100, description: 'Who asked for it; nobody for what the app did by itself.' }),
    request: text({ max: 128, description: 'The request that asked for it.' }),
    cancelling: boolean({ default: false, description: 'It runs, and was told to stop.' }),
    /** The input's private fields: they are never shown. */
    hidden: json({ ...words, maxBytes: jobLimits.inputBytes, maxDepth: 30 }),
    /** Minus the priority: jobs go by rank, then by id. */
    rank: integer({ private: true, min: -100, max: 100 }),
    tenant: text({ ...words, max: 36 }),
    /** Counts the workers it was lent to: only the last one's word is taken. */
    fence: integer({ private: true, min: 0, default: 0 }),
    worker: text({ ...words, max: 36 }),
    /** Name and unique key, until it ends; schedule and time, for as long as it is kept. */
    holds: text({ ...words, max: 340, unique: true }),
    /** `inOrder` within the tenant, until it ends; and its place in that line. */
    line: text({ ...words, max: 240 }),
    turn: integer({ ...words, min: 1 }),
    /** `line`, while it runs: no two jobs of a line do. */
    busy: text({ ...words, max: 240, unique: true }),
    /** Others of the line are held until it has ended. */
    followed: boolean({ private: true, default: false }),
  },
  audit: true,
  allow: { list: [admin], read: [admin] },
  index: [
    ['queue', 'state', 'rank'],
    ['state', 'dueAt'],
    ['line', 'turn'],
  ],
})

export const jobPriority = compute(jobs, { priority: ({ row }) => 0 - row.rank })

/** What a step of a job answered, so that a later try goes on after it. */
export const jobSteps = resource('plinth_job_steps', {
  fields: {
    job: ref(jobs, { onDelete: 'cascade' }),
    name: text({ min: 1, max: 200 }),
    result: json({ optional: true, maxBytes: jobLimits.inputBytes, maxDepth: 30 }),
  },
  allow: {},
  audit: false,
  unique: [['job', 'name']],
})

/** A schedule, and the last time that a job was made for. */
export const schedules = resource('plinth_schedules', {
  fields: {
    name: text({ max: 41, unique: true }),
    cron: text({ max: 100 }),
    zone: text({ max: 60 }),
    lastAt: timestamp(),
  },
  allow: {},
  audit: false,
})

/** A process that runs jobs, and until when it is believed to live, by the database's clock. */
export const workers = resource('plinth_workers', {
  fields: { until: integer({ min: 0 }) },
  allow: {},
  audit: false,
})
