// From single runs to the table: medians, and ratios to the hand-written limit, paired round by round.
import { ENDPOINTS, type Endpoint } from './requests.ts'
import type { SystemName } from './systems.ts'
import type { WrkResult } from './wrk.ts'

export interface Run extends WrkResult {
  readonly system: SystemName
  readonly endpoint: Endpoint
  readonly round: number
  /** The server's own CPU time, and PostgreSQL's, for one request, in microseconds. */
  readonly cpuUs: number
  readonly postgresUs: number
  readonly residentMb: number
  /** 99th percentile of the delay of the server's event loop. */
  readonly loopP99Ms: number
  /** Cores taken by anything that is not part of the measurement. */
  readonly foreignCores: number
}

export interface Start {
  readonly system: SystemName
  readonly firstAnswerMs: number
  readonly idleMb: number
}

export interface Cell {
  readonly system: SystemName
  readonly endpoint: Endpoint
  readonly rps: number
  readonly p99Ms: number
  readonly cpuUs: number
  readonly postgresUs: number
  /** 1 is as fast as the limit; undefined where there is no limit in the same measurement. */
  readonly rpsRatio: number | undefined
  readonly cpuRatio: number | undefined
  /** By rate, to the second limit. */
  readonly secondRatio: number | undefined
  readonly loopP99Ms: number
}

/** The systems that one is compared with. */
export interface Limits {
  readonly limit: SystemName
  readonly second?: SystemName | undefined
}

/** The middle value, or the mean of the two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

/** One cell for each system and endpoint that was measured. */
export function summarize(runs: readonly Run[], limitsOf: (system: SystemName) => Limits): Cell[] {
  const systems = [...new Set(runs.map((run) => run.system))]
  return systems.flatMap((system) =>
    ENDPOINTS.flatMap((endpoint) => {
      const of = (name: SystemName | undefined): Run[] =>
        runs.filter((run) => run.system === name && run.endpoint === endpoint)
      const { limit, second } = limitsOf(system)
      const mine = of(system)
      return mine.length === 0 ? [] : [cellOf(mine, of(limit), of(second))]
    }),
  )
}

function cellOf(mine: readonly Run[], limit: readonly Run[], second: readonly Run[]): Cell {
  const middle = (of: (run: Run) => number): number => median(mine.map(of))
  const [first] = mine
  if (first === undefined) throw new Error('a cell needs a run')
  return {
    system: first.system,
    endpoint: first.endpoint,
    rps: middle((run) => run.rps),
    p99Ms: middle((run) => run.p99Ms),
    cpuUs: middle((run) => run.cpuUs),
    postgresUs: middle((run) => run.postgresUs),
    rpsRatio: pairedRatio(mine, limit, (run, base) => run.rps / base.rps),
    cpuRatio: pairedRatio(mine, limit, (run, base) => base.cpuUs / run.cpuUs),
    secondRatio: pairedRatio(mine, second, (run, base) => run.rps / base.rps),
    loopP99Ms: middle((run) => run.loopP99Ms),
  }
}

/** The median of the ratios of runs of the same round: what slowed the machine then slowed both. */
function pairedRatio(
  mine: readonly Run[],
  limit: readonly Run[],
  ratio: (run: Run, base: Run) => number,
): number | undefined {
  const ratios = mine.flatMap((run) => {
    const base = limit.find((other) => other.round === run.round)
    return base === undefined ? [] : [ratio(run, base)]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

/** The cells as a table in Markdown: `requests a second (ratio by rate | ratio by CPU) p99`. */
export function tableOf(cells: readonly Cell[], starts: readonly Start[]): string {
  const systems = [...new Set([...cells.map((cell) => cell.system), ...starts.map((start) => start.system)])]
  const rows = systems.map((system) => [
    system,
    ...ENDPOINTS.map((endpoint) => show(cells.find((cell) => cell.system === system && cell.endpoint === endpoint))),
    ...startOf(starts.filter((start) => start.system === system)),
  ])
  const head = ['system', ...ENDPOINTS, 'first answer', 'idle memory']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('')
}

/** What durable commits cost: rates, ratios to both limits, and how late the event loop was meanwhile. */
export function commitsOf(cells: readonly Cell[]): string {
  const measured = cells.filter(({ endpoint }) => endpoint === 'create' || endpoint === 'alone')
  const rows = measured.map((cell) => [
    cell.endpoint,
    cell.system,
    `${cell.rps.toFixed(0)}/s`,
    two(cell.rpsRatio),
    two(cell.secondRatio),
    `${cell.loopP99Ms.toFixed(1)} ms`,
  ])
  const head = ['commits', 'system', 'rate', 'to the limit', 'to the limit that groups', 'event loop p99']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('')
}

const two = (ratio: number | undefined): string => ratio?.toFixed(2) ?? '-'

function show(cell: Cell | undefined): string {
  if (cell === undefined) return '-'
  return `${cell.rps.toFixed(0)} (${two(cell.rpsRatio)} / ${two(cell.cpuRatio)}) ${cell.p99Ms.toFixed(1)} ms`
}

function startOf(starts: readonly Start[]): string[] {
  if (starts.length === 0) return ['-', '-']
  const firstAnswer = median(starts.map((start) => start.firstAnswerMs))
  return [`${firstAnswer.toFixed(0)} ms`, `${median(starts.map((start) => start.idleMb)).toFixed(0)} MB`]
}
