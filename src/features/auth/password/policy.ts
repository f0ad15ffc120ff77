// Which passwords may be set: long ones, whole, not known from breaches, and not made of what everybody knows.
import { passwordLimits } from '../../../base/identity_limits.ts'
import type { FieldCode } from '../../../base/pure/problem.ts'
import { codePoints, fold } from '../../../base/pure/text.ts'
import type { BreachedList } from './breached.ts'

/** What is known of the one who sets it. */
export interface PasswordContext {
  /** The account's address. */
  readonly address: string
  /** Names anybody would try here: the application's, the organization's. */
  readonly names: readonly string[]
  /** Whether a second factor is asked for at every sign-in; then less will do. */
  readonly secondFactor: boolean
}

/** Why a password may not be set, in the form of a field error. */
export interface PasswordFault {
  readonly code: FieldCode
  readonly message: string
}

/** Longest raw text that can have as many code points as are allowed once it is composed (a Hangul syllable is 3). */
const rawUnits = 8 * passwordLimits.maxChars
/** Letters and digits there must be beside the names in a password that holds some. */
const leastOwn = 8
/** A repetition of anything longer is a choice of its own. */
const longestUnit = 8

/**
 * The bytes that are hashed: the whole text in NFC, so that one password typed on two keyboards is one. Undefined for
 * what can never have been set: no text, a broken one, or one that is too long; decided without reading a long one.
 */
export function passwordBytes(password: unknown): Buffer | undefined {
  const text = composed(password)
  return text === undefined || codePoints(text) > passwordLimits.maxChars ? undefined : Buffer.from(text)
}

/** Judges a new password; undefined if it may be set. No rule asks for digits or signs, and spaces count. */
export function checkPassword(
  password: unknown,
  context: PasswordContext,
  breached: BreachedList,
): PasswordFault | undefined {
  if (typeof password !== 'string') return fault('wrong_type', 'Must be text.')
  if (password.length > rawUnits) return tooLong
  if (!password.isWellFormed()) return fault('bad_characters', 'Must not hold halves of surrogate pairs.')
  const text = password.normalize('NFC')
  const least = context.secondFactor ? passwordLimits.minCharsWithFactor : passwordLimits.minChars
  if (codePoints(text) > passwordLimits.maxChars) return tooLong
  if (codePoints(text) < least) return fault('too_short', `Must be at least ${least} characters long.`)
  if (isPattern(text)) return fault('too_common', 'Must not be a repetition or a row of neighbours.')
  if (breached.has(text)) return fault('too_common', 'Is known from breaches elsewhere; choose another.')
  return checkContext(fold(text), context)
}

const tooLong = fault('too_long', `Must be at most ${passwordLimits.maxChars} characters long.`)

function composed(password: unknown): string | undefined {
  if (typeof password !== 'string' || password.length > rawUnits || !password.isWellFormed()) return undefined
  return password.normalize('NFC')
}

function checkContext(folded: string, { address, names }: PasswordContext): PasswordFault | undefined {
  const whole = fold(address)
  const local = whole.slice(0, Math.max(0, whole.lastIndexOf('@')))
  if ([whole, local].some((word) => codePoints(word) >= 4 && folded.includes(word)))
    return fault('bad_check', 'Must not contain the address of the account.')
  const words = [whole, ...names.map(fold)].flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
  const own = withoutWords(folded, words)
  return own === folded || codePoints(own.replace(/[^\p{L}\p{N}]/gu, '')) >= leastOwn
    ? undefined
    : fault('bad_check', 'Must be made of more than the names of the account and of this service.')
}

/** What is left of a password without the words anybody would try. Two letters make no word. */
function withoutWords(folded: string, words: readonly string[]): string {
  const longestFirst = words.filter((word) => word.length > 2).toSorted((one, other) => other.length - one.length)
  return longestFirst.reduce((left, word) => left.replaceAll(word, ''), folded)
}

/** Whether a text is one thing again and again (`passwordpassword`), or two rows of neighbours (`abcdefgh12345678`). */
function isPattern(text: string): boolean {
  const points = Array.from(fold(text), (char) => char.codePointAt(0) ?? 0)
  for (let unit = 1; unit <= longestUnit && 2 * unit <= points.length; unit++)
    if (points.every((point, at) => at < unit || point === points[at - unit])) return true
  const turns = points.filter((point, at) => at > 0 && !isNeighbour(points[at - 1] ?? 0, point))
  return turns.length <= 1
}

const isNeighbour = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1 || (Math.abs(one - other) === 9 && isDigit(one) && isDigit(other))

const isDigit = (point: number): boolean => point >= 0x30 && point <= 0x39

function fault(code: FieldCode, message: string): PasswordFault {
  return Object.freeze({ code, message })
}
