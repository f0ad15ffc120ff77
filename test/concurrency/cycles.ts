// Finds the cycles in what transactions depend on, and names each by its class (Adya; Elle).

/** `ww`: wrote over; `wr`: read what the other wrote; `rw`: did not see what the other wrote. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly kind: 'ww' | 'wr' | 'rw'
  /** The row by which they depend on each other. */
  readonly list: string
}

export interface Cycle {
  readonly kind: 'G0' | 'G1c' | 'G-single' | 'G2'
  readonly edges: readonly Edge[]
}

/** One shortest cycle for each edge class and knot of transactions; none where the history is serializable. */
export function findCycles(edges: readonly Edge[]): Cycle[] {
  const written = edges.filter(({ kind }) => kind === 'ww')
  const seen = edges.filter(({ kind }) => kind !== 'rw')
  const single = closing(seen, edges, 'rw')
  const singles = new Set(single.map(({ closed }) => closed))
  const more = closing(edges, edges, 'rw').filter(({ closed }) => !singles.has(closed))
  return [
    ...named('G0', closing(written, written, 'ww')),
    ...named('G1c', closing(seen, seen, 'wr')),
    ...named('G-single', single),
    ...named('G2', more),
  ]
}

interface Closed {
  /** The edge that closes the cycle. */
  readonly closed: Edge
  readonly knot: number
  readonly edges: readonly Edge[]
}

/** The shortest way back for each edge of a kind that lies on a cycle of `ways` and itself. */
function closing(ways: readonly Edge[], all: readonly Edge[], kind: Edge['kind']): Closed[] {
  const knots = knotsOf(all)
  const inKnot = (edge: Edge): boolean => knots.get(edge.from) === knots.get(edge.to)
  const from = Map.groupBy(ways.filter(inKnot), (edge) => edge.from)
  return all
    .filter((edge) => edge.kind === kind && inKnot(edge))
    .flatMap((closed) => {
      const back = wayBack(from, closed)
      return back === undefined ? [] : [{ closed, knot: knots.get(closed.from)!, edges: [closed, ...back] }]
    })
}

function named(kind: Cycle['kind'], found: readonly Closed[]): Cycle[] {
  const shortest = [...Map.groupBy(found, ({ knot }) => knot).values()].map((some) =>
    some.reduce((one, other) => (other.edges.length < one.edges.length ? other : one)),
  )
  return shortest.map(({ edges }) => ({ kind, edges }))
}

function wayBack(from: ReadonlyMap<number, readonly Edge[]>, { from: goal, to: start }: Edge): Edge[] | undefined {
  const cameBy = new Map<number, Edge | undefined>([[start, undefined]])
  for (const at of cameBy.keys()) {
    if (at === goal) return pathTo(cameBy, at)
    for (const edge of from.get(at) ?? []) if (!cameBy.has(edge.to)) cameBy.set(edge.to, edge)
  }
  return undefined
}

function pathTo(cameBy: ReadonlyMap<number, Edge | undefined>, goal: number): Edge[] {
  const path: Edge[] = []
  for (let edge = cameBy.get(goal); edge !== undefined; edge = cameBy.get(edge.from)) path.unshift(edge)
  return path
}

/** The strongly connected component of each transaction, by number: Kosaraju's two walks, without recursion. */
function knotsOf(edges: readonly Edge[]): Map<number, number> {
  const forward = Map.groupBy(edges, ({ from }) => from)
  const backward = Map.groupBy(edges, ({ to }) => to)
  const order: number[] = []
  const seen = new Set<number>()
  for (const start of forward.keys()) finishing(start, forward, seen, order)
  const knots = new Map<number, number>()
  for (const start of order.toReversed()) {
    if (knots.has(start)) continue
    const open = [start]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (knots.has(at)) continue
      knots.set(at, start)
      open.push(...(backward.get(at) ?? []).map(({ from }) => from))
    }
  }
  return knots
}

function finishing(
  start: number,
  forward: ReadonlyMap<number, readonly Edge[]>,
  seen: Set<number>,
  order: number[],
): void {
  if (seen.has(start)) return
  seen.add(start)
  const open = [{ at: start, next: 0 }]
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const edge = forward.get(top.at)?.[top.next++]
    if (edge === undefined) order.push(open.pop()!.at)
    else if (!seen.has(edge.to)) {
      seen.add(edge.to)
      open.push({ at: edge.to, next: 0 })
    }
  }
}
