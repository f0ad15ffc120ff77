// An event as brokers get it: a CloudEvent (1.0, JSON format), with the row's own count in the extension `sequence`.
import type { Stored } from '../../../define/field.ts'
import type { Message } from './broker.ts'

/** An event's row: id, name, noun, row, number, data, at, position. */
export type EventColumns = readonly Stored[]

/** Makes the message of an event that has its place. */
export function messageOf(app: string, columns: EventColumns): Message {
  const [id, event, noun, row, number, data, at, position] = columns.map(String)
  const key = `${noun}/${row}`
  const head = {
    specversion: '1.0',
    id,
    source: `urn:plinth:${app}`,
    type: event,
    subject: key,
    time: at,
    sequence: number?.padStart(SEQUENCE_DIGITS, '0'),
    datacontenttype: 'application/json',
  }
  // The data is JSON text already, as it was written by the transaction that emitted it.
  const body = `${JSON.stringify(head).slice(0, -1)},"data":${data}}`
  return { id: id ?? '', event: event ?? '', key, position: Number(position), at: new Date(at ?? ''), body }
}

// The extension compares as text.
const SEQUENCE_DIGITS = 16
