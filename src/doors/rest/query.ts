// The list language as text: `price[gte]=10&sort=-name&limit=20`, read without knowing any field.
import { httpLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { AskedFilter, AskedQuery } from '../../call/call.ts'
import type { Operation } from '../../define/operation.ts'

const named = ['sort', 'limit', 'after', 'fields', 'expand', 'q', 'count'] as const
type Named = (typeof named)[number]

const bad = (parameter: string, why: string): Problem => new Problem('malformed', `Parameter "${parameter}": ${why}.`)

/** What kinds of parameter an address takes. */
export type Takes = 'list' | 'row' | 'history' | 'none'

const taken: { readonly [T in Exclude<Takes, 'list'>]: ReadonlySet<string> } = {
  row: new Set(['fields', 'expand']),
  history: new Set(['limit', 'after']),
  none: new Set(),
}

/** What an operation's address takes. */
export function takesOf({ verb }: Operation): Takes {
  if (verb === 'list' || verb === 'history') return verb
  return verb === 'read' ? 'row' : 'none'
}

/** Reads a query string. Fails with malformed for a parameter given twice, out of place, or not decodable. */
export function readQuery(text: string, takes: Takes): AskedQuery {
  const filters: AskedFilter[] = []
  const given = new Map<Named, string>()
  const seen = new Set<string>()
  for (const [name, value] of pairs(text)) {
    if (seen.has(name)) throw bad(name, 'it is given twice')
    seen.add(name)
    const known = named.find((one) => one === name)
    if (takes !== 'list' && !taken[takes].has(name)) throw bad(name, 'it is not known here')
    if (known === undefined) filters.push(readFilter(name, value))
    else if (value === '') throw bad(name, 'it has no value')
    else given.set(known, value)
  }
  const of = (name: Named): string | undefined => given.get(name)
  return {
    filters,
    sort: of('sort'),
    limit: of('limit'),
    after: of('after'),
    fields: of('fields'),
    expand: of('expand'),
    words: of('q'),
    count: of('count'),
  }
}

function readFilter(parameter: string, text: string): AskedFilter {
  const match = /^([a-zA-Z][a-zA-Z0-9]*)(?:\[([a-z]+)\])?$/.exec(parameter)
  if (match === null) throw bad(parameter.slice(0, 100), 'it is not known here')
  return { field: match[1]!, operator: match[2] ?? 'eq', text, parameter }
}

function* pairs(text: string): Generator<[string, string]> {
  if (text === '') return
  const parts = text.split('&')
  if (parts.length > httpLimits.queryParameters)
    throw new Problem('malformed', `At most ${httpLimits.queryParameters} parameters.`)
  for (const part of parts) {
    if (part === '') continue
    const at = part.indexOf('=')
    yield [decode(at < 0 ? part : part.slice(0, at)), at < 0 ? '' : decode(part.slice(at + 1))]
  }
}

// application/x-www-form-urlencoded: `+` is a space. Bytes that are no UTF-8 are refused, not replaced.
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Problem('malformed', 'The query is not percent-encoded UTF-8.')
  }
}
