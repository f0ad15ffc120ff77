// What a process remembers of who calls, for a second at most: a verified request costs no statement most of the time.
import { sessionLimits } from '../../base/identity_limits.ts'
import type { House } from '../../call/house.ts'

interface Remembered<T> {
  readonly found: T | undefined
  readonly atMs: number
  readonly whose: string
}

/** Answers what is known by a name, undefined for nothing. */
export type Memory<T> = (name: string) => T | undefined | Promise<T | undefined>

/** Whose what was found is that is nobody's, and nothing: any wake may be about it. */
const nobodys = ''

/**
 * Remembers what `look` found for a second, or until something of whoever it belongs to is written, in whichever
 * process: an account, a session of it, a key, a place. `whoseOf` says who that is; what is nobody's, and that nothing
 * was found, is forgotten with every write.
 */
export function createMemory<T>(
  house: Pick<House, 'engine' | 'clock'>,
  whoseOf: (found: T) => string | null,
  look: (name: string, nowMs: number) => Promise<T | undefined>,
): Memory<T> {
  const kept = createKept<T>()
  // Looks that have begun and not ended, each with what was written meanwhile: they may have seen what was before it.
  const looking = new Set<Heard>()
  house.engine.listen('sessions', (about) => {
    for (const heard of looking) heard.add(about)
    kept.forget(about)
  })
  const lookUp = async (name: string): Promise<T | undefined> => {
    const atMs = house.clock.ms()
    const heard: Heard = new Set()
    looking.add(heard)
    try {
      const found = await look(name, atMs)
      const whose = (found === undefined ? null : whoseOf(found)) ?? nobodys
      if (!isAbout(heard, whose)) kept.keep(name, { found, atMs, whose })
      return found
    } finally {
      looking.delete(heard)
    }
  }
  return (name) => {
    const one = kept.get(name)
    if (one !== undefined && isYoung(one, house.clock.ms())) return one.found
    return lookUp(name)
  }
}

type Heard = Set<string | undefined>

const isAbout = (heard: Heard, whose: string): boolean =>
  whose === nobodys ? heard.size > 0 : heard.has(whose) || heard.has(undefined)

// A clock that is set back must not make a second last for hours.
const isYoung = ({ atMs }: Remembered<unknown>, nowMs: number): boolean =>
  atMs <= nowMs && nowMs < atMs + sessionLimits.rememberedMs

interface Kept<T> {
  readonly get: (name: string) => Remembered<T> | undefined
  readonly keep: (name: string, one: Remembered<T>) => void
  /** Forgets what belongs to one, and what is nobody's; all of it where it is not said whose. */
  readonly forget: (about: string | undefined) => void
}

/** So many at most, by name and by whose they are. */
function createKept<T>(): Kept<T> {
  const known = new Map<string, Remembered<T>>()
  const namesOf = new Map<string, Set<string>>()
  const drop = (name: string): void => {
    const one = known.get(name)
    if (one === undefined) return
    known.delete(name)
    const names = namesOf.get(one.whose)
    names?.delete(name)
    if (names?.size === 0) namesOf.delete(one.whose)
  }
  const dropAllOf = (whose: string): void => {
    for (const name of namesOf.get(whose) ?? []) known.delete(name)
    namesOf.delete(whose)
  }
  return {
    get: (name) => known.get(name),
    keep(name, one) {
      drop(name)
      if (known.size >= sessionLimits.remembered) drop(known.keys().next().value ?? '')
      known.set(name, one)
      namesOf.set(one.whose, (namesOf.get(one.whose) ?? new Set()).add(name))
    },
    forget(about) {
      if (about === undefined) {
        known.clear()
        namesOf.clear()
        return
      }
      dropAllOf(about)
      dropAllOf(nobodys)
    },
  }
}
