// The headers every answer carries, made once; what an answer says itself takes their place.

/** Names and values in turn, the form `writeHead` takes without copying. */
export type HeaderList = string[]

const REQUEST_ID = 1
const forever = 'max-age=63072000; includeSubDomains'

/** What a browser is told about an API's answers (OWASP REST security and HTTP headers sheets). */
const security: HeaderList = [
  'Cache-Control',
  'no-store',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-site',
]

/** Framing belongs to the door: a second opinion on a length is how responses are split. */
const framing = [
  'content-length',
  'transfer-encoding',
  'connection',
  'content-type',
  'keep-alive',
  'upgrade',
  'trailer',
]

export interface HeaderSheet {
  /** X-Request-Id first, its value empty. */
  readonly template: readonly string[]
  /** Lower-case name to the index of its value; -1 for what only the door may say. */
  readonly places: ReadonlyMap<string, number>
}

/** Makes the sheet once at start; HSTS only where the service is reached by https alone. */
export function headerSheet(hsts: boolean): HeaderSheet {
  const template = ['X-Request-Id', '', ...security, ...(hsts ? ['Strict-Transport-Security', forever] : [])]
  const places = new Map(framing.map((name) => [name, -1]))
  template.forEach((name, index) => {
    if (index % 2 === 0) places.set(name.toLowerCase(), index + 1)
  })
  // The list itself is not frozen: copying a frozen array takes V8 ten times as long, on every answer.
  return Object.freeze({ template, places })
}

/** Copies the sheet and lays the answer's own headers over it. Throws when an answer sets the framing itself. */
export function layHeaders(sheet: HeaderSheet, requestId: string, own: Readonly<Record<string, string>>): HeaderList {
  const list = sheet.template.slice()
  list[REQUEST_ID] = requestId
  for (const name in own) {
    const value = own[name]
    if (value === undefined) continue
    const place = sheet.places.get(name.toLowerCase())
    if (place === undefined) list.push(name, value)
    else if (place === -1) throw new TypeError(`The door sets ${name} itself; leave it out of the answer`)
    else list[place] = value
  }
  return list
}

/** Adds names to Vary, each once, keeping what the answer said; a `*` stays alone. */
export function addVary(list: HeaderList, names: string): void {
  for (let index = 0; index < list.length; index += 2) {
    if (list[index]?.toLowerCase() !== 'vary') continue
    list[index + 1] = joinVary(list[index + 1] ?? '', names)
    return
  }
  list.push('Vary', names)
}

function joinVary(before: string, names: string): string {
  const said = before
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (said.includes('*')) return '*'
  const known = new Set(said.map((name) => name.toLowerCase()))
  const fresh = names.split(', ').filter((name) => !known.has(name.toLowerCase()))
  return [...said, ...fresh].join(', ')
}
