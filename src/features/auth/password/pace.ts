// Lets few of something begin in one turn of the event loop, so that who asks for anything else is heard in between.

/** Waits for a turn; undefined, so that it costs nothing, where there is room in this one. First come, first served. */
export type Pace = () => Promise<void> | undefined

/** Makes a pace of so many a turn. */
export function createPace(perTurn: number): Pace {
  const waiting: (() => void)[] = []
  const state = { begun: 0 }
  const nextTurn = (): void => {
    const begin = waiting.splice(0, perTurn)
    state.begun = begin.length
    if (state.begun > 0) setImmediate(nextTurn)
    for (const one of begin) one()
  }
  return () => {
    if (state.begun === 0) setImmediate(nextTurn)
    if (state.begun++ < perTurn) return undefined
    return new Promise((resolve) => waiting.push(resolve))
  }
}
