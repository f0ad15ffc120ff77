// What calls cost in CPU time, compared with one another: taken in turns, so that what slows the machine slows all.
import { cpuUsage, stdout } from 'node:process'

const MS = 300
const ROUNDS = 15
const IN_FLIGHT = 16

export interface Measured {
  readonly name: string
  readonly call: (n: number) => Promise<unknown>
}

/** CPU microseconds of one call, with some in flight. */
async function measure(call: (n: number) => Promise<unknown>): Promise<number> {
  const state = { n: 0 }
  const until = performance.now() + MS
  const cpu = cpuUsage()
  const loop = async (): Promise<void> => {
    while (performance.now() < until) await call(state.n++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop))
  const { user, system } = cpuUsage(cpu)
  return (user + system) / state.n
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0

/** Measures each in turn, and prints the medians with their ratio to the first within a round. */
export async function compare(systems: readonly Measured[]): Promise<void> {
  const rounds: number[][] = []
  for (let round = 0; round < ROUNDS; round++) {
    const costs: number[] = []
    for (const { call } of systems) costs.push(await measure(call))
    if (round > 0) rounds.push(costs) // the first one warms up
  }
  systems.forEach(({ name }, at) => {
    const cost = median(rounds.map((costs) => costs[at] ?? 0))
    const ratio = median(rounds.map((costs) => (costs[at] ?? 0) / (costs[0] ?? 1)))
    stdout.write(`${name.padEnd(28)} ${cost.toFixed(1).padStart(7)} µs CPU   ${ratio.toFixed(2)}\n`)
  })
}
