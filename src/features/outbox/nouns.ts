// The tables of the outbox: what happened, and how far each sequence and each relay is.
import { eventLimits } from '../../base/limits.ts'
import { integer, json, resource, text, timestamp } from '../../define/index.ts'

/** One event, as `tx.emit` wrote it. */
export const events = resource('plinth_events', {
  description: 'Something that happened to a row, kept in the same commit.',
  fields: {
    name: text({ max: 80 }),
    noun: text({ max: 41 }),
    row: text({ max: 36 }),
    /** Counts the events of the row. Given together with the place, in the order in which the row was locked. */
    number: integer({ min: 1, optional: true }),
    /** What is told. */
    data: json({ maxBytes: eventLimits.dataBytes, maxDepth: 30 }),
    /** The tenant of whoever emitted it. */
    tenant: text({ max: 36, optional: true }),
    /** The request that it came from. */
    request: text({ max: 128 }),
    at: timestamp(),
    arrival: integer({ min: 0 }),
    position: integer({ min: 1, optional: true }),
  },
  allow: {},
  audit: false,
  unique: [['noun', 'row', 'number']],
  index: [['position', 'arrival'], 'at'],
})

/** How many events each row has had. */
export const eventCounts = resource('plinth_event_counts', {
  description: 'The number of the last event of a row.',
  fields: { noun: text({ max: 41 }), row: text({ max: 36 }), number: integer({ min: 1 }) },
  allow: {},
  audit: false,
  unique: [['noun', 'row']],
})

/** The last place that a sequence has given. */
export const sequences = resource('plinth_sequences', {
  description: 'How many rows of a table have a place in its order.',
  fields: { name: text({ max: 80, unique: true }), last: integer({ min: 0 }) },
  allow: {},
  audit: false,
})

/** Whoever is told of events, and how far. */
export const relays = resource('plinth_relays', {
  description: 'The place up to which a handler or a broker has been given the events.',
  fields: {
    /** `handler <event> <name>`, or the broker's. */
    name: text({ max: 140, unique: true }),
    position: integer({ min: 0 }),
    /** The process that sends to a broker, and until when by the database's clock, in milliseconds since 1970. */
    holder: text({ max: 36, optional: true }),
    until: integer({ min: 0, default: 0 }),
  },
  allow: {},
  audit: false,
})
