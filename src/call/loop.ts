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
  const state = { isStopped: false, isWoken: true, rouse: () => {} }
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
      const isMore = await turn(options, log)
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

async function turn(options: LoopOptions, log: House['log']): Promise<boolean> {
  try {
    return await options.turn()
  } catch (error) {
    log.warn({ error, loop: options.name }, 'A turn of the background work failed; it is tried again.')
    return false
  }
}
