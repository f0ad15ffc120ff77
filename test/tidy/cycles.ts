// Rule: no cycle of imports at run time; a cycle of types stays inside one folder.
import { posix } from 'node:path'
import type { Finding, Source } from './source.ts'

type Graph = ReadonlyMap<string, readonly string[]>

/** Names each cycle once, at the first file of it. */
export function cycles(sources: readonly Source[]): Finding[] {
  const loads = knots(graphOf(sources, false)).map((trail) => finding(trail, 'loads itself in a circle'))
  const types = knots(graphOf(sources, true))
    .filter((trail) => new Set(trail.map((path) => posix.dirname(path))).size > 1)
    .map((trail) => finding(trail, 'is in a circle of types across folders'))
  const loading = new Set(loads.map(({ path }) => path))
  return [...loads, ...types.filter(({ path }) => !loading.has(path))]
}

function finding(trail: readonly string[], what: string): Finding {
  const circle = [...trail, trail[0]].join(' -> ')
  return { path: trail[0]!, line: 1, message: `${what}: ${circle}; move what both need into a file below them` }
}

function graphOf(sources: readonly Source[], withTypes: boolean): Graph {
  return new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ binding }) => binding === 'load' || (withTypes && binding === 'types'))
        .map(({ target }) => target)
        .filter((target) => target !== undefined),
    ]),
  )
}

/** A trail for each circle that a depth-first walk closes on itself. */
function knots(graph: Graph): string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) found.push(trail.slice(start))
    if (start !== -1 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
