// The load: endpoint by endpoint and round by round, each system in turn, so that all meet the same weather.
import type { Cluster } from './cluster.ts'
import { busySeconds, usageOfPostgres, usageOfSelf, usageOfSession } from './machine.ts'
import type { Run } from './report.ts'
import type { Endpoint } from './requests.ts'
import type { Subject } from './subject.ts'
import { runWrk, type WrkResult } from './wrk.ts'

const WARM_UP_SECONDS = 1

export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
  readonly rounds: number
  readonly endpoints: readonly Endpoint[]
  /** Where the seeds of the load scripts begin; every run takes the next. */
  readonly firstSeed: number
}

type Cost = Pick<Run, 'cpuUs' | 'postgresUs' | 'foreignCores'>

/** CPU seconds so far: of the server, of PostgreSQL, of this program and its load, and of the whole machine. */
interface Spent {
  readonly server: number
  readonly postgres: number
  readonly load: number
  readonly machine: number
  readonly clock: number
}

/** Measures all; `tell` hears of every run as it ends. */
export async function measureLoad(
  options: LoadOptions,
  subjects: readonly Subject[],
  cluster: Cluster,
  tell: (run: Run) => void,
): Promise<Run[]> {
  const runs: Run[] = []
  let seed = options.firstSeed
  for (const endpoint of options.endpoints) {
    const loads = subjects.map((subject) => ({ subject, requestFile: subject.writeRequests(endpoint) }))
    const { seconds } = options
    const connections = endpoint === 'alone' ? 1 : options.connections
    for (const { subject, requestFile } of loads) {
      await runWrk({ origin: subject.origin, requestFile, connections, seconds: WARM_UP_SECONDS, seed: seed++ })
    }
    for (const { subject, requestFile, round } of inTurns(loads, options.rounds)) {
      const load = { origin: subject.origin, requestFile, connections, seconds, seed: seed++ }
      await subject.loopP99Ms() // begins anew
      const before = spentBy(subject, cluster)
      const result = await runWrk(load)
      const cost = costOf(result, before, spentBy(subject, cluster))
      const loopP99Ms = await subject.loopP99Ms()
      const { residentMb } = usageOfSession(subject.pid)
      const run = { system: subject.system.name, endpoint, round, residentMb, loopP99Ms, ...result, ...cost }
      runs.push(run)
      tell(run)
    }
  }
  return runs
}

function* inTurns<T extends object>(items: readonly T[], rounds: number): Generator<T & { readonly round: number }> {
  for (let round = 1; round <= rounds; round++) for (const item of items) yield { ...item, round }
}

const spentBy = (subject: Subject, cluster: Cluster): Spent => ({
  server: usageOfSession(subject.pid).cpuSeconds,
  postgres: subject.system.usesPostgres ? usageOfPostgres(cluster.postmaster()).cpuSeconds : 0,
  load: usageOfSelf().cpuSeconds,
  machine: busySeconds(),
  clock: performance.now() / 1000,
})

function costOf(result: WrkResult, before: Spent, after: Spent): Cost {
  const spent = (of: keyof Spent): number => after[of] - before[of]
  const foreignSeconds = spent('machine') - spent('server') - spent('postgres') - spent('load')
  return {
    cpuUs: (spent('server') / result.requests) * 1e6,
    postgresUs: (spent('postgres') / result.requests) * 1e6,
    foreignCores: Math.max(0, foreignSeconds / spent('clock')),
  }
}
