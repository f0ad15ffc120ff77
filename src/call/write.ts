// One write transaction of the house: whoever has something to do after it is woken, once it is durable.
import type { WriteOptions } from '../store/contract.ts'
import type { House } from './house.ts'
import type { OpenWrite } from './work.ts'

/** Runs work in a transaction, again after a serialization failure. Fails as `Engine.write` does. */
export async function write<T>(
  { engine }: House,
  options: WriteOptions,
  work: (open: OpenWrite) => Promise<T>,
): Promise<T> {
  let channels = new Set<string>()
  const answer = await engine.write(options, (session) => {
    channels = new Set() // what an attempt that was undone promised, nobody is woken for
    return work({ session, channels })
  })
  if (options.rollback !== true) for (const channel of channels) engine.wake(channel)
  return answer
}
