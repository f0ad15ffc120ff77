// Work that outlives its turn of the event loop. Most does not, and what only such work needs costs the rest nothing.

const waiting: (() => void)[] = []

/** Calls it when this turn of the event loop is over. A timer for each of many short things costs ten times as much. */
export function atEndOfTurn(call: () => void): void {
  if (waiting.push(call) === 1) setImmediate(endTurn)
}

function endTurn(): void {
  for (const call of waiting.splice(0)) call()
}
