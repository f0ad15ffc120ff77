// What Linux tells about processes: CPU time and memory, from /proc, and how to keep a process on its core.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** /proc counts CPU time in ticks of 1/100 s for programs, whatever the kernel's own rate is. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096
const MEGABYTE = 1024 * 1024

export interface Usage {
  readonly cpuSeconds: number
  readonly residentMb: number
}

interface ProcessStat extends Usage {
  readonly parent: number
  readonly session: number
}

/** Reads one line of /proc/PID/stat; the fields are counted after the last `)`, since a name may hold anything. */
export function parseStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const at = (index: number): number => fields[index] ?? 0
  return {
    parent: at(1),
    session: at(3),
    // user and system time of the process, and of its children that have ended
    cpuSeconds: (at(11) + at(12) + at(13) + at(14)) / TICKS_PER_SECOND,
    residentMb: (at(21) * PAGE_BYTES) / MEGABYTE,
  }
}

/** What a process and those it started have used: all that share its session. */
export const usageOfSession = (pid: number): Usage => usageOf((stat) => stat.session === pid)

/** What this program has used, and the children of it that have ended: the load. */
export const usageOfSelf = (): Usage => parseStat(readFileSync('/proc/self/stat', 'utf8'))

/** What PostgreSQL has used: the postmaster and its backends. */
export const usageOfPostgres = (postmaster: number): Usage =>
  usageOf((stat, pid) => pid === postmaster || stat.parent === postmaster)

function usageOf(belongs: (stat: ProcessStat, pid: number) => boolean): Usage {
  let cpuSeconds = 0
  let residentMb = 0
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    if (stat === undefined || !belongs(stat, Number(name))) continue
    cpuSeconds += stat.cpuSeconds
    residentMb += stat.residentMb
  }
  return { cpuSeconds, residentMb }
}

function statOf(name: string): ProcessStat | undefined {
  const file = `/proc/${name}/stat`
  try {
    return parseStat(readFileSync(file, 'utf8'))
  } catch (error) {
    if (existsSync(file)) throw error
    return undefined // the process ended between the listing and the reading
  }
}

/** CPU seconds the whole machine has spent on anything since it was started. */
export function busySeconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, softInterrupt = 0] = line.split(/ +/).slice(1).map(Number)
  return (user + nice + system + interrupt + softInterrupt) / TICKS_PER_SECOND
}

/** Whether servers and load can have a core each: two cores, and `taskset` to choose. */
export const canPin = availableParallelism() > 1 && has('taskset')

/** The command that runs `argv` on one core: servers on 0, the load and PostgreSQL on 1. */
export const pinned = (core: 0 | 1, argv: readonly string[]): string[] =>
  canPin ? ['taskset', '-c', String(core), ...argv] : [...argv]

/** Whether a program is installed. */
export function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false // `which` answers by its exit code
  }
}
