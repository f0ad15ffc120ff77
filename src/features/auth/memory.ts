// What a process remembers of who calls, for a second at most: a verified request costs no statement most of the time.
import { sessionLimits } from '../../base/identity_limits.ts'
import type { House } from '../../call/house.ts'

interface Remembered<T> {
  readonly found: T | undefined
  readonly atMs: number
}

/** Answers what is known by a name, undefined for nothing. */
export type Memory<T> = (name: string) => T | undefined | Promise<T | undefined>

/** Remembers what `look` found until a session, key or account is written, in whichever process, or for a second. */
export function createMemory<T>(
  house: House,
  look: (name: string, nowMs: number) => Promise<T | undefined>,
): Memory<T> {
  // A new memory with each wake: what was asked before it is kept in the old one, which nobody asks any more.
  const memory = { known: new Map<string, Remembered<T>>() }
  house.engine.listen('sessions', () => {
    memory.known = new Map()
  })
  const lookUp = async (known: Map<string, Remembered<T>>, name: string): Promise<T | undefined> => {
    const askedMs = house.clock.ms()
    const found = await look(name, askedMs)
    if (known.size >= sessionLimits.remembered) known.delete(known.keys().next().value ?? '')
    known.set(name, { found, atMs: askedMs })
    return found
  }
  return (name) => {
    const { known } = memory
    const one = known.get(name)
    if (one !== undefined && isYoung(one, house.clock.ms())) return one.found
    return lookUp(known, name)
  }
}

// A clock that is set back must not make a second last for hours.
const isYoung = ({ atMs }: Remembered<unknown>, nowMs: number): boolean =>
  atMs <= nowMs && nowMs < atMs + sessionLimits.rememberedMs
