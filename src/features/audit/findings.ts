// What `verify` tells, and what its parts hand to one another.
import { auditLimits } from '../../base/limits.ts'
import type { Checkpoint } from './checkpoint.ts'

/** Something that does not fit. */
export interface Finding {
  readonly what: 'entry' | 'end' | 'checkpoint' | 'anchor'
  /** The place of an entry, the number of a checkpoint or of a line. */
  readonly at: number
  readonly why: string
}

export type Tell = (what: Finding['what'], at: number, why: string) => void

/** What the checkpoints say, once they are verified. */
export interface Signed {
  readonly count: number
  /** The hash of the chain, by place. */
  readonly hashes: ReadonlyMap<number, string>
  /** The mark of each checkpoint, by number. */
  readonly marks: ReadonlyMap<number, string>
  readonly first: Checkpoint | undefined
  readonly last: Checkpoint | undefined
  /** Is the last one signed by us: then all before it are what they were. */
  readonly isOurs: boolean
}

/** Need it not be kept any more, at the time `now`. */
export const isOld = ({ at }: Pick<Checkpoint, 'at'>, now: number): boolean =>
  Date.parse(at) <= now - auditLimits.keptMs
