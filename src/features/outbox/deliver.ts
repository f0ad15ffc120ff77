// The job that hands one event to one handler: what the handler does to the database and the job's end commit together.
import type { Deed } from '../../call/deed.ts'
import { integer, json, text, timestamp } from '../../define/index.ts'
import { eventLimits } from '../../base/limits.ts'
import { houseJob, NoMoreTries } from '../jobs/index.ts'
import { handlersOf } from './handlers.ts'
import { dataOf } from './told.ts'

/**
 * One job for each event and handler. It carries the event, so that it can wait longer than events are kept. An app
 * that does not know the handler or the data may be an older one beside the one that does, so that is tried a few times
 * before the event is set aside.
 */
export const deliver = houseJob('events.deliver', {
  queue: 'events',
  input: {
    handler: text({ max: 41 }),
    name: text({ max: 80 }),
    event: text({ max: 36 }),
    row: text({ max: 36 }),
    number: integer({ min: 1 }),
    at: timestamp(),
    data: json({ maxBytes: eventLimits.dataBytes, maxDepth: 30 }),
  },
  async run({ house, input, attempt, deed, conclude }) {
    const { name, event: id, row, number, at } = input
    const handler = handlersOf(house, name).find((one) => one.name === input.handler)
    const what = `Event ${id} (${name}) for "${input.handler}"`
    const unknown = (why: string): Error =>
      attempt < eventLimits.unknownTries ? new Error(`${what}: ${why}`) : new NoMoreTries(`${what}: ${why}`)
    if (handler === undefined) throw unknown('this version of the app has no such handler')
    const read = dataOf(handler.event, input.data)
    if ('why' in read) throw unknown(read.why)
    const told = Object.freeze({ id, of: row as never, number, at, data: read.data as never }) // of this very event
    const as: Deed = { ...deed, operation: `handler ${name} ${handler.name}` }
    await conclude((tx) => handler.run({ event: told, tx }), { deed: as })
  },
})
