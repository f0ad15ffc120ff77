// An event as brokers get it: a CloudEvent (1.0, JSON format), with the row's own count in the extension `sequence`.
import type { Kept } from '../kept.ts'
import type { Message } from './broker.ts'

/** Makes the message of an event. */
export function messageOf(app: string, { id, name, noun, row, number, data, at, position }: Kept): Message {
  const key = `${noun}/${row}`
  const head = {
    specversion: '1.0',
    id,
    source: `urn:plinth:${app}`,
    type: name,
    subject: key,
    time: at,
    sequence: String(number).padStart(SEQUENCE_DIGITS, '0'),
    datacontenttype: 'application/json',
  }
  // The data is JSON already: it leaves as it was written by the transaction that emitted it.
  return { id, event: name, key, position, at, body: `${JSON.stringify(head).slice(0, -1)},"data":${data}}` }
}

// The extension compares as text.
const SEQUENCE_DIGITS = 16
