// An answer as HTTP: status, entity tag, location, link to the next page; JSON made once.
import type { Answer } from '../../call/call.ts'
import type { DoorAnswer } from '../http/route.ts'
import { apiRoot } from './address.ts'
import type { Preferences } from './tags.ts'

const json = 'application/json; charset=utf-8'

/** What the answer's headers need to know of the request. */
export interface Asked {
  readonly path: string
  readonly query: string
  readonly prefer: Preferences
  /** May a cache keep it and ask again. */
  readonly cacheable: boolean
}

/** Turns an answer of a call into one of the door. */
export function respond(answer: Answer, asked: Asked): DoorAnswer {
  if (answer.shape === 'row') return rowAnswer(answer, asked)
  if (answer.shape === 'page') return pageAnswer(answer, asked)
  if (answer.shape === 'value') return valueAnswer(answer, asked)
  if (answer.shape === 'sent') return sentAnswer(answer)
  return answer.shape === 'unchanged' ? unchangedAnswer(answer, asked) : emptyAnswer(answer, asked)
}

function rowAnswer(answer: Extract<Answer, { shape: 'row' }>, asked: Asked): DoorAnswer {
  const headers: Record<string, string> = { ...cache(asked), ...applied(asked) }
  if (answer.tag !== '') headers['ETag'] = `"${answer.tag}"`
  if (answer.created) headers['Location'] = `${apiRoot}/${answer.of}/${answer.id}`
  if (!asked.prefer.minimal)
    return { status: answer.created ? 201 : 200, headers, body: JSON.stringify(answer.value), type: json }
  return { status: answer.created ? 201 : 204, headers, body: undefined, type: '' }
}

function pageAnswer({ data, next, count, exact }: Extract<Answer, { shape: 'page' }>, asked: Asked): DoorAnswer {
  const body =
    count === undefined ? { data, next } : exact ? { data, next, count } : { data, next, count, countIsExact: false }
  const headers: Record<string, string> = { ...cache(asked) }
  if (next !== null) headers['Link'] = `<${asked.path}?${nextQuery(asked.query, next)}>; rel="next"`
  return { status: 200, headers, body: JSON.stringify(body), type: json }
}

function valueAnswer({ value, status, headers }: Extract<Answer, { shape: 'value' }>, asked: Asked): DoorAnswer {
  return { status: status ?? 200, headers: { ...applied(asked), ...headers }, body: JSON.stringify(value), type: json }
}

function unchangedAnswer({ tag }: Extract<Answer, { shape: 'unchanged' }>, asked: Asked): DoorAnswer {
  return { status: 304, headers: { ...cache(asked), ETag: `"${tag}"` }, body: undefined, type: '' }
}

function emptyAnswer({ status, headers }: Extract<Answer, { shape: 'nothing' }>, asked: Asked): DoorAnswer {
  return { status: status ?? 204, headers: { ...applied(asked), ...headers }, body: undefined, type: '' }
}

function sentAnswer({ sent, isReplayed }: Extract<Answer, { shape: 'sent' }>): DoorAnswer {
  return isReplayed ? { ...sent, headers: { ...sent.headers, 'Idempotent-Replayed': 'true' } } : sent
}

/** The same query with another cursor. */
function nextQuery(query: string, next: string): string {
  const rest = query.split('&').filter((part) => part !== '' && !part.startsWith('after='))
  return [...rest, `after=${encodeURIComponent(next)}`].join('&')
}

const applied = ({ prefer }: Asked): Record<string, string> =>
  prefer.applied === '' ? {} : { 'Preference-Applied': prefer.applied }
const cache = ({ cacheable }: Asked): Record<string, string> => (cacheable ? { 'Cache-Control': 'no-cache' } : {})
