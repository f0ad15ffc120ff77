// One write transaction of the house: whoever has something to do after it is woken, once it is durable.
import type { Engine, WriteOptions } from '../store/contract.ts'
import type { House } from './house.ts'
import type { OpenWrite } from './work.ts'

/** Runs work in a transaction, again after a serialization failure. Fails as `Engine.write` does. */
export async function write<T>(
  { engine }: House,
  options: WriteOptions,
  work: (open: OpenWrite) => Promise<T>,
): Promise<T> {
  let promised = nobody()
  const answer = await engine.write(options, (session) => {
    promised = nobody() // what an attempt that was undone promised, nobody is woken for
    return work({ session, ...promised })
  })
  if (options.rollback !== true) wake(engine, promised)
  return answer
}

type Promised = Pick<OpenWrite, 'channels' | 'abouts'>

const nobody = (): Promised => ({ channels: new Set(), abouts: new Map() })

function wake(engine: Engine, { channels, abouts }: Promised): void {
  for (const channel of channels) engine.wake(channel)
  for (const [channel, things] of abouts)
    if (!channels.has(channel)) for (const about of things) engine.wake(channel, about)
}
