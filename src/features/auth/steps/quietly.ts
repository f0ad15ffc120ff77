// What is asked for an address is promised as a job, so that the answer costs the same whoever has the address.
import type { House } from '../../../call/house.ts'
import type { Work } from '../../../call/work.ts'
import { text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { houseJob, NoMoreTries } from '../../jobs/index.ts'

/** Of what is sealed: a profile, a hash and an address. */
const sealedChars = 100_000

interface Quiet<T> {
  /** Promises it in the transaction of the operation: one statement, whatever is asked. */
  readonly promise: (work: Work, asked: T) => Promise<string>
  /** The job that does it. */
  readonly job: ReturnType<typeof jobOf>
}

/**
 * Declares what is done after the answer, for the operation of that id: found or not, made or not, a letter or none, it
 * is all beyond what whoever asks can time. What is kept of it until then is sealed.
 */
export function quietly<T extends object>(
  operation: string,
  does: (tx: Tx, work: Work, asked: T) => Promise<void>,
): Quiet<T> {
  const job = jobOf(operation, does)
  return Object.freeze({
    job,
    promise: (work: Work, asked: T) => {
      const { house } = work
      return house.chain.enqueue(work, job, { sealed: house.keys.seal(job.name, JSON.stringify(asked), 'asked') }, {})
    },
  })
}

function jobOf(operation: string, does: (tx: Tx, work: Work, asked: never) => Promise<void>) {
  const name = `plinth.${operation}`
  return houseJob(name, {
    queue: 'auth',
    input: { sealed: text({ max: sealedChars }) },
    async run({ house, input, deed, conclude }) {
      const asked = open(house, name, input.sealed) as never // only `promise` writes what opens with this key
      await conclude((tx, work) => does(tx, work, asked), { deed: { ...deed, operation }, isolation: 'locked' })
    },
  })
}

function open(house: House, name: string, sealed: string): unknown {
  const opened = house.keys.open(name, sealed, 'asked')
  if (opened === undefined) throw new NoMoreTries('what was asked was sealed with a secret that is gone')
  return JSON.parse(opened)
}
