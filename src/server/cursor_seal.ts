// Seals cursors, and remembers the last ones: the same page of the same list is asked for again and again.
import type { Keyring } from '../base/seal.ts'
import type { CursorSeal } from '../store/cursor.ts'

/** Cursors remembered each way; beyond this the oldest is sealed or opened again (some 15 µs). */
const kept = 1_000

/** Sound because equal inputs give equal bytes; a remembered answer is the one that would be made. */
export function cursorSeal(keys: Keyring): CursorSeal {
  return {
    seal: remembered((text, about) => keys.sealDeterministic('cursor', text, about)),
    open: remembered((sealed, about) => keys.open('cursor', sealed, about)),
  }
}

function remembered<T>(make: (text: string, about: string) => T): (text: string, about: string) => T {
  const known = new Map<string, T>()
  return (text, about) => {
    const key = `${about}\n${text}` // neither JSON nor a sealed text holds a line feed
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(text, about)
    if (known.size >= kept) known.delete(known.keys().next().value ?? '')
    if (made !== undefined) known.set(key, made)
    return made
  }
}
