// What a browser sends of a passkey, checked for its form before anything is decoded.
import { readJson } from '../../../base/json.ts'
import { factorLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'

/** Why an answer is not taken; for the log. The caller hears one and the same refusal. */
export interface PasskeyRefusal {
  readonly refused: string
}

/** What both kinds of answer have. */
export interface Answer {
  readonly id: string
  /** The base64url texts of `response`. */
  readonly parts: Readonly<Record<string, string>>
  readonly transports: readonly string[]
  readonly challenge: string
  /** Whose the passkey is, as the device says; any type, since nobody checked it. */
  readonly userHandle: unknown
}

type Json = Readonly<Record<string, unknown>>

const clientLimits = Object.freeze({ depth: 4, keysPerObject: 30, nodes: 200 })
const transportNames = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])

/** Reads an answer whose `response` has these parts. */
export function readAnswer(sent: unknown, needed: readonly string[]): Answer | PasskeyRefusal {
  if (!isObject(sent) || !isObject(sent['response'])) return refused('it is no object with a response')
  const { id, rawId, type, response } = sent
  if (type !== 'public-key') return refused('its type is not public-key')
  if (!isBase64url(id) || id !== rawId) return refused('its id is not base64url, or differs from its rawId')
  if (Buffer.from(id, 'base64url').length > factorLimits.credentialIdBytes) return refused('its id is too long')
  const parts = Object.fromEntries(needed.map((name) => [name, response[name]]))
  if (!isTexts(parts)) return refused(`${needed.join(', ')} are not all base64url`)
  const client = clientOf(parts['clientDataJSON'] ?? '')
  if (client === undefined) return refused('its clientDataJSON is no JSON object')
  // The library lets frames of others in where their browser does not name the page around them.
  if (client['crossOrigin'] === true || 'topOrigin' in client)
    return refused('it was made in a frame of another origin')
  if (typeof client['challenge'] !== 'string') return refused('it names no challenge')
  return {
    id,
    parts,
    transports: transportsOf(response['transports']),
    challenge: client['challenge'],
    userHandle: response['userHandle'],
  }
}

/** Refuses an answer. */
export function refused(why: string): PasskeyRefusal {
  return Object.freeze({ refused: why })
}

/** One spelling of bytes: a bent one that decodes to the same is not the same. */
export function isBase64url(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > factorLimits.passkeyAnswerChars) return false
  return /^[\w-]+$/.test(value) && Buffer.from(value, 'base64url').toString('base64url') === value
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const isTexts = (parts: Json): parts is Readonly<Record<string, string>> => Object.values(parts).every(isBase64url)

function clientOf(text: string): Json | undefined {
  try {
    const value = readJson(Buffer.from(text, 'base64url'), clientLimits)
    return isObject(value) ? value : undefined
  } catch (error) {
    // No JSON, a member twice, a byte order mark: the reader says so by a Problem, we by refusing the answer.
    if (error instanceof Problem) return undefined
    throw error
  }
}

// Only a hint for the browser next time, so what is not known is dropped.
const transportsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => transportNames.has(name)).slice(0, transportNames.size) : []
