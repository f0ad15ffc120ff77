// Writes down what a try came to.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import type { Session } from '../../store/contract.ts'
import { channels } from './channels.ts'
import { completeAll, giveBack, setAside } from './finish.ts'
import type { JobRow } from './row.ts'
import type { Outcome } from './try_job.ts'

/** Settles one try; answers false when the job was no longer this worker's. Fails as `Engine.write` does. */
export async function settle(house: House, job: JobRow, outcome: Outcome): Promise<boolean> {
  if (outcome.end === 'concluded') return true
  if (outcome.end === 'lost') return false
  return write(
    house,
    { name: `job ${job.name} ${outcome.end}`, isolation: 'locked' },
    ({ session, channels: woken }) => {
      if (outcome.end === 'back' || job.inOrder !== null) woken.add(channels.jobs)
      return settleIn(house, session, job, outcome)
    },
  )
}

type Settled = Exclude<Outcome, { readonly end: 'concluded' | 'lost' }>

async function settleIn(house: House, session: Session, job: JobRow, outcome: Settled): Promise<boolean> {
  switch (outcome.end) {
    case 'done':
      return (await completeAll(house, session, [job])).has(job.id)
    case 'cancelled':
      return setAside(house, session, job, 'cancelled', null)
    case 'dead':
      return setAside(house, session, job, 'dead', outcome.error)
    default:
      return again(house, session, job, outcome)
  }
}

async function again(
  house: House,
  session: Session,
  { id, fence, dueAt }: JobRow,
  outcome: Extract<Settled, { readonly end: 'again' | 'back' }>,
): Promise<boolean> {
  const now = house.clock.now()
  const isBack = outcome.end === 'back'
  const isGiven = await giveBack(house, session, {
    id,
    fence,
    state: isBack ? 'ready' : 'scheduled',
    error: isBack ? null : outcome.error,
    dueAt: (isBack ? dueAt : new Date(now.getTime() + outcome.afterMs)).toISOString(),
    now: now.toISOString(),
    off: isBack ? 1 : 0,
  })
  // Told to stop before this worker heard of it, it is not run again.
  return isGiven || setAside(house, session, { id, fence }, 'cancelled', isBack ? null : outcome.error)
}
