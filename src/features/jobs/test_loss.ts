// Workers killed and stopped in the middle of jobs: how soon each job runs again, and that each takes effect once.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildOptions, Said } from './test_worker_child.ts'

/** A herd of workers that is never smaller than it should be. */
export interface Herd {
  readonly heard: readonly (Said & { readonly ms: number })[]
  /** Waits for something that is said; fails, with all that was said, when it is not within the time. */
  readonly hear: (what: (said: Said) => boolean, withinMs: number) => Promise<Said & { readonly ms: number }>
  /** The processes, oldest first. */
  readonly pids: () => readonly number[]
  readonly signal: (pid: number, signal: NodeJS.Signals) => void
  readonly end: () => Promise<void>
}

/** Starts so many workers; one that dies is replaced. */
export function herd(options: ChildOptions, size: number): Herd {
  const heard: (Said & { readonly ms: number })[] = []
  const children = new Map<number, ChildProcess>()
  const state = { isOver: false }
  const start = (): void => {
    const child = fork(new URL('test_worker_child.ts', import.meta.url).pathname, [JSON.stringify(options)])
    const { pid } = child
    if (pid === undefined) throw new Error('a worker did not start')
    children.set(pid, child)
    child.on('message', (said: Partial<Said>) => {
      // Node's own test runner talks to its children too.
      if (said.key !== undefined) heard.push({ ...(said as Said), ms: performance.now() })
    })
    child.on('exit', () => {
      children.delete(pid)
      if (!state.isOver) start()
    })
  }
  for (let n = 0; n < size; n++) start()
  return {
    heard,
    async hear(what, withinMs) {
      for (const from = performance.now(); performance.now() - from < withinMs; await sleep(5)) {
        const found = heard.find(what)
        if (found !== undefined) return found
      }
      throw new Error(`not heard within ${withinMs} ms; all that was said:\n${heard.map(lineOf).join('\n')}`)
    },
    pids: () => [...children.keys()],
    signal: (pid, signal) => void children.get(pid)?.kill(signal),
    async end() {
      state.isOver = true
      const gone = [...children.values()].map((child) => new Promise((resolve) => child.on('exit', resolve)))
      for (const child of children.values()) child.kill('SIGKILL')
      await Promise.all(gone)
    },
  }
}

const lineOf = ({ ms, pid, event, key, attempt, why = '' }: Said & { readonly ms: number }): string =>
  `${ms.toFixed(0)} ${pid} ${event} ${key} ${attempt} ${why}`

export type Harm = 'kill' | 'stop'

/** What became of one job whose worker was harmed. */
export interface Cycle {
  readonly key: string
  readonly harm: Harm
  /** From the harm to the next begin. */
  readonly againMs: number
  /** What the stopped worker's own completion was refused with. */
  readonly refusedBy: string | undefined
}

export interface CycleOptions {
  readonly leaseMs: number
  /** How long a stopped worker stands still at least: longer than its lease, and until its job is done by another. */
  readonly stopMs: number
}

/** Harms the worker of one job as soon as it has begun, and waits for another to complete it. */
export async function cycle(
  { hear, signal }: Herd,
  { key, harm, promise }: { readonly key: string; readonly harm: Harm; readonly promise: () => Promise<unknown> },
  { leaseMs, stopMs }: CycleOptions,
): Promise<Cycle> {
  const patience = leaseMs + stopMs + 40_000
  await promise()
  const first = await hear((said) => said.key === key && said.event === 'begin', patience)
  const at = performance.now()
  signal(first.pid, harm === 'kill' ? 'SIGKILL' : 'SIGSTOP')
  const again = await hear((said) => said.key === key && said.event === 'begin' && said.attempt === 2, patience)
  await hear((said) => said.key === key && said.event === 'done' && said.attempt === 2, patience)
  if (harm === 'kill') return { key, harm, againMs: again.ms - at, refusedBy: undefined }
  await sleep(at + stopMs - performance.now())
  signal(first.pid, 'SIGCONT')
  const late = await hear((said) => said.key === key && said.attempt === 1 && said.event !== 'begin', patience)
  return { key, harm, againMs: again.ms - at, refusedBy: late.why ?? 'nothing' }
}
