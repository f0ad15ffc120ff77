// How long each test file took the last time, kept beside the compiled code: the longest are begun first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Milliseconds by path. */
export type Durations = ReadonlyMap<string, number>

const placeIn = (root: string): string => join(root, '.plinth/test-durations.json')

/** None where nothing was run yet, or where what was kept cannot be read. */
export function readDurations(root: string): Durations {
  try {
    const kept: unknown = JSON.parse(readFileSync(placeIn(root), 'utf8'))
    const entries = Object.entries(kept ?? {}).filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
    return new Map(entries)
  } catch {
    return new Map() // they only say what to begin with
  }
}

/** Keeps what was measured; of files that were not run, what was known before. */
export function keepDurations(root: string, before: Durations, measured: Durations): void {
  const all = Object.fromEntries([...before, ...measured].map(([path, ms]) => [path, Math.round(ms)]))
  mkdirSync(dirname(placeIn(root)), { recursive: true })
  writeFileSync(placeIn(root), JSON.stringify(all))
}
