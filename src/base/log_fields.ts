// What of a value may stand in a log: secrets masked by their names, errors written out, everything bounded.

const mask = '[masked]'
const maxDepth = 6
const maxEntries = 100
const maxText = 8 * 1024
const maxStack = 4 * 1024
/** Names are constants of the code, except where a caller's keys are logged; those must not fill the memory. */
const maxKnownNames = 2_000

/** Parts of names, compared without case and punctuation: `refreshToken` and `X-Api-Key` are found too. */
const secretParts = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apikey',
  'privatekey',
  'credential',
  'bearer',
  'idempotencykey',
  'recoverycode',
  'cardnumber',
]
const secretPart = new RegExp(secretParts.join('|'))
/** Whole names that are too short to look for inside others. */
const secretNames: ReadonlySet<string> = new Set(['pwd', 'pin', 'otp', 'totp', 'jwt', 'cvc', 'cvv', 'mfacode'])
/** Names that hold one of those parts and say nothing secret. */
const plainNames: ReadonlySet<string> = new Set(['tokentype', 'passwordchangedat', 'tokenexpiresat'])

/** `//name:password@host` inside any text, as drivers put it into their messages. */
const credentials = /:\/\/[^\s/@]{1,1000}@/g

const knownNames = new Map<string, boolean>()

/** Adds the fields to a line, safe to write: at any depth, and whatever is in them. */
export function addLoggable(line: Record<string, unknown>, fields: Readonly<Record<string, unknown>>): void {
  try {
    addEntries(line, fields, 0)
  } catch (error) {
    // A getter or a proxy that throws: the line is still written, and says so. Logging must not fail a request.
    line['unreadable'] = error instanceof Error ? loggableText(String(error.stack), maxStack) : 'not an error'
  }
}

/** A text without credentials of URLs, cut to what a line may hold. */
export function loggableText(text: string, most = maxText): string {
  const short = text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text
  return short.includes('://') && short.includes('@') ? short.replace(credentials, `://${mask}@`) : short
}

function addEntries(out: Record<string, unknown>, value: object, depth: number): void {
  let room = maxEntries
  for (const key in value) {
    // Assigned, "__proto__" would change the copy's prototype.
    if (!Object.hasOwn(value, key) || key === '__proto__') continue
    if (room-- === 0) {
      out['…'] = 'more keys'
      return
    }
    // An own enumerable key, so this reads a value of the object.
    const entry = (value as Readonly<Record<string, unknown>>)[key]
    out[key] = entry !== undefined && entry !== null && isSecretName(key) ? mask : ofValue(entry, depth + 1)
  }
}

function ofValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return loggableText(value)
    case 'bigint':
    case 'symbol':
      return String(value)
    case 'function':
      return undefined
    case 'object':
      return value === null ? null : ofReference(value, depth)
    default:
      return value
  }
}

function ofReference(value: object, depth: number): unknown {
  if (value instanceof Error) return ofError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (value instanceof URL) return loggableText(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth > maxDepth) return '[too deep]'
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`
  return Array.isArray(value) ? ofArray(value, depth) : ofObject(value, depth)
}

function ofObject(value: object, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  addEntries(out, value, depth)
  return out
}

function ofArray(list: readonly unknown[], depth: number): unknown[] {
  const out = list.slice(0, maxEntries).map((entry) => ofValue(entry, depth + 1))
  if (list.length > maxEntries) out.push(`… ${list.length - maxEntries} more`)
  return out
}

/** Name, message, stack, code and cause; an error's other properties may hold whole requests and are left out. */
function ofError(error: Error, depth: number): unknown {
  if (depth > maxDepth) return '[too deep]'
  const { name, message, stack, cause } = error
  return {
    name: ofValue(name, depth + 1),
    message: ofValue(message, depth + 1),
    ...('code' in error ? { code: ofValue(error.code, depth + 1) } : {}),
    ...(typeof stack === 'string' ? { stack: loggableText(stack, maxStack) } : {}),
    ...(cause === undefined ? {} : { cause: ofValue(cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: ofArray(error.errors, depth + 1) } : {}),
  }
}

function isSecretName(name: string): boolean {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const secret = secretNames.has(bare) || (secretPart.test(bare) && !plainNames.has(bare))
  if (knownNames.size < maxKnownNames) knownNames.set(name, secret)
  return secret
}
