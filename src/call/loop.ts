// A loop beside the calls: does what is due whenever it is woken, and by itself now and then.
import type { Runner } from './feature.ts'
import type { House } from './house.ts'

export interface LoopOptions {
  /** Names it in the log. */
  readonly name: string
  /** Wakes that mean there may be something to do. */
  readonly channels: readonly string[]
  /** Between two turns at least, however often it is woken: work gathers meanwhile. */
  readonly pauseMs: number
  /** Without a wake it looks by itself this often. */
  readonly pollMs: number
  /** Does what is due; true where more is due at once. A failure is logged, and tried again a poll later. */
  readonly turn: () => Promise<boolean>
}

/** Begins a loop. */
export function startLoop({ engine, log }: House, options: LoopOptions): Runner {
  const state = { isStopped: false, isWoken: true, rouse: () => {}, failure: '' }
  const hear = (): void => {
    state.isWoken = true
    state.rouse()
  }
  const stops = options.channels.map((channel) => engine.listen(channel, hear))
  const rest = async (ms: number, isOver: () => boolean): Promise<void> => {
    if (isOver()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    state.rouse = () => void (isOver() && resolve())
    await promise
    clearTimeout(timer)
  }
  const run = async (): Promise<void> => {
    while (!state.isStopped) {
      state.isWoken = false
      const isMore = await turn(options, log, state)
      if (isMore) continue
      await rest(options.pauseMs, () => state.isStopped)
      await rest(options.pollMs, () => state.isStopped || state.isWoken)
    }
  }
  const running = run()
  return {
    stop: async () => {
      state.isStopped = true
      for (const stop of stops) stop()
      state.rouse()
      await running
    },
  }
}

// An outage is said when it begins and when it ends, not every second; another failure is another line.
async function turn({ name, turn }: LoopOptions, log: House['log'], state: { failure: string }): Promise<boolean> {
  try {
    const isMore = await turn()
    if (state.failure !== '') log.info({ loop: name }, 'The background work goes on again.')
    state.failure = ''
    return isMore
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    if (failure !== state.failure) log.warn({ error, loop: name }, 'Background work failed; it is tried again.')
    state.failure = failure
    return false
  }
}
