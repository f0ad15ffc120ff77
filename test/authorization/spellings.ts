// Other ways to write an address, and headers that some servers let change one: none of them opens a door.

export interface Spelling {
  readonly title: string
  /** Undefined where this address has nothing to spell so. */
  readonly write: (path: string, id: string | undefined) => string | undefined
  /** Does it name the same address; otherwise it names nothing. */
  readonly same: boolean
}

const escaped = (text: string): string => `%${text.codePointAt(0)!.toString(16)}`
const inId = (change: (id: string) => string): Spelling['write'] => {
  return (path, id) => (id === undefined || change(id) === id ? undefined : path.replace(id, change(id)))
}

/** Each changes the path in one way. */
export const spellings: readonly Spelling[] = [
  { title: 'a slash at the end', write: (path) => `${path}/`, same: false },
  { title: 'a doubled slash', write: (path) => path.replace('/api/v1/', '/api/v1//'), same: false },
  { title: 'two slashes in front', write: (path) => `/${path}`, same: false },
  { title: 'a parameter of the path', write: (path) => `${path};a=b`, same: false },
  { title: 'an escaped slash', write: (path) => path.replace('/v1/', '/v1%2f'), same: false },
  { title: 'a backslash', write: (path) => path.replace('/v1/', '/v1%5c'), same: false },
  { title: 'a NUL at the end', write: (path) => `${path}%00`, same: false },
  { title: 'a blank at the end', write: (path) => `${path}%20`, same: false },
  { title: 'a file extension', write: (path) => `${path}.json`, same: false },
  { title: 'capitals', write: (path) => path.replace('/api/v1/', '/API/v1/'), same: false },
  {
    title: 'an escaped letter of the name',
    write: (path) => path.replace(/(?<=v1\/)./, (letter) => escaped(letter)),
    same: false,
  },
  { title: 'an escaped letter of the id', write: inId((id) => `${escaped(id)}${id.slice(1)}`), same: true },
  { title: 'an id in capitals', write: inId((id) => id.toUpperCase()), same: false },
  { title: 'an id escaped twice', write: inId((id) => `%25${escaped(id).slice(1)}${id.slice(1)}`), same: false },
  { title: 'an id without hyphens', write: inId((id) => id.replaceAll('-', '')), same: false },
  { title: 'an id in braces', write: inId((id) => `%7b${id}%7d`), same: false },
]

/** Dots that some proxies resolve and some do not. They are sent over a socket, for a client would resolve them too. */
export const dots: readonly ((path: string) => string)[] = [
  (path) => path.replace('/api/v1/', '/api/v1/./'),
  (path) => path.replace('/api/v1/', '/api/v1/%2e/'),
  (path) => path.replace('/api/v1/', '/api/v1/x/../'),
  (path) => path.replace('/api/v1/', '/api/v1/x/%2e%2e/'),
  (path) => path.replace('/api/v1/', '/api/v1/x/.%2E/'),
  (path) => `${path}/.`,
  (path) => `${path}/..;/`,
  (path) => path.replace('/api/', '/api/..%2fapi/'),
]

/** Headers that say what was asked is something else. They are nobody's business here. */
export const overrides: readonly Readonly<Record<string, string>>[] = [
  { 'x-http-method-override': 'GET' },
  { 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' },
  { 'x-original-url': '/health', 'x-rewrite-url': '/health' },
  { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', 'x-forwarded-host': 'localhost' },
  { 'x-user-id': '01900000-0000-7000-8000-000000000001', 'x-roles': 'staff,clerk,admin', 'x-tenant': 'north' },
]
