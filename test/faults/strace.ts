// Runs a process under strace, which lets system calls fail, and reads what it saw.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** All threads, stopped at the calls that are asked about alone, and nothing said of signals. */
const FLAGS = ['-f', '--seccomp-bpf', '-qq']

/** Why processes cannot be run under strace here; undefined when they can. */
export function straceMissing(): string | undefined {
  const tried = spawnSync('strace', [...FLAGS, '-o', '/dev/null', 'true'])
  if (tried.error !== undefined) return 'strace was not found: it lets system calls fail'
  return tried.status === 0 ? undefined : 'strace may not trace processes here'
}

/** An injection as strace takes it: `fdatasync:error=EIO:when=5`. Calls are counted in each thread on its own. */
export type Injection = `${string}:error=${'EIO' | 'ENOSPC'}:when=${string}`

/** What a command line begins with so that it runs under strace, with the calls that fail and the answers in `log`. */
export function strace(log: string, injection: Injection): string[] {
  const calls = `trace=${injection.split(':')[0]},write,writev`
  return ['strace', ...FLAGS, '-ttt', '-s', '16', '-o', log, '-e', calls, '-e', `inject=${injection}`]
}

export interface Traced {
  /** Seconds from the first failure to the end of the process; undefined when nothing failed. */
  readonly endedAfterS: number | undefined
  readonly failures: number
  /** Successes that were told after the first refusal for a failed storage (500 or 503). */
  readonly yesAfterNo: number
}

/** Reads the log of a process that has ended. */
export function readTrace(log: string): Traced {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  const failed = lines.filter((line) => line.endsWith('(INJECTED)'))
  const said = lines.filter((line) => /\bHTTP\/1\.1 \d/.test(line))
  const no = said.findIndex((line) => /HTTP\/1\.1 50[03]/.test(line))
  const [first] = failed
  return {
    endedAfterS: first === undefined ? undefined : timeOf(lines.at(-1) ?? '') - timeOf(first),
    failures: failed.length,
    yesAfterNo: no === -1 ? 0 : said.slice(no).filter((line) => /HTTP\/1\.1 2/.test(line)).length,
  }
}

// `<pid> <seconds> <call>`.
const timeOf = (line: string): number => Number(line.trim().split(/ +/)[1])
