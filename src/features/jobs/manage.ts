// What an administrator does with a job: run it again, or stop it. Operations as any other, under /api/v1/jobs.
import { jobLimits } from '../../base/limits.ts'
import { ensure } from '../../base/pure/problem.ts'
import { houseRowAction } from '../../call/house_action.ts'
import { channels } from './channels.ts'
import { keyWithin } from './line.ts'
import { admin, jobs } from './nouns.ts'
import { holdsOf } from './unique.ts'
import { statementsOf } from './prepared.ts'

export const retryJob = houseRowAction(jobs, 'retry', {
  allow: [admin],
  description:
    'Lets a job that is dead, cancelled or scheduled run as soon as a worker has room, with all its attempts anew.',
  async run({ row, tx, work }) {
    const { state, name, unique, inOrder, schedule, holds, tenant } = await tx.lock(jobs, row.id)
    ensure(
      state === 'dead' || state === 'cancelled' || state === 'scheduled',
      'conflict',
      `A job that is ${state} cannot be tried again.`,
    )
    work.channels.add(channels.jobs)
    return tx.update(jobs, row.id, {
      state: 'ready',
      attempt: 0,
      dueAt: tx.now,
      finishedAt: null,
      cancelling: false,
      holds: schedule === null ? holdsOf(name, unique, tenant) : holds,
      line: inOrder === null ? null : keyWithin(tenant, inOrder),
    })
  },
})

export const cancelJob = houseRowAction(jobs, 'cancel', {
  allow: [admin],
  description:
    'Sets a job that waits aside for good. One that runs is told to stop, and is cancelled once it has ended.',
  async run({ row, tx, work, house }) {
    const { state, line, followed, schedule, holds } = await tx.lock(jobs, row.id)
    if (state === 'running') {
      work.channels.add(channels.cancel)
      return tx.update(jobs, row.id, { cancelling: true })
    }
    ensure(
      state === 'scheduled' || state === 'ready' || state === 'held',
      'conflict',
      `A job that is ${state} cannot be cancelled.`,
    )
    const cancelled = await tx.update(jobs, row.id, {
      state: 'cancelled',
      finishedAt: tx.now,
      dueAt: new Date(tx.now.getTime() + jobLimits.keepDoneMs),
      holds: schedule === null ? null : holds,
      line: null,
    })
    if (line !== null && followed) await statementsOf(house).letGo(work.session, line)
    work.channels.add(channels.jobs)
    return cancelled
  },
})
