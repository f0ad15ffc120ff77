// Time comes in through here and nowhere else, so that a test can own it.

/** What time it is: as a Date, or as milliseconds since 1970 (UTC). */
export interface Clock {
  now(): Date
  ms(): number
}

/** A clock that stands still until it is moved. */
export interface OwnedClock extends Clock {
  advance(ms: number): void
  set(iso: string): void
}

/** The machine's clock. It may jump, also backwards. */
export const systemClock: Clock = Object.freeze({ now: () => new Date(), ms: () => Date.now() })

/** A clock for tests, standing at `start` (an ISO instant). Fails with RangeError for a text that is none. */
export function ownedClock(start: string): OwnedClock {
  let present = instant(start)
  return Object.freeze({
    now: () => new Date(present),
    ms: () => present,
    advance: (ms: number) => {
      present += ms
    },
    set: (iso: string) => {
      present = instant(iso)
    },
  })
}

function instant(iso: string): number {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) throw new RangeError(`"${iso}" is not an instant`)
  return ms
}
