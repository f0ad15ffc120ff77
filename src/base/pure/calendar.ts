// Dates and instants as text: what exists in the calendar, and the one canonical form every instant is brought to.

const zero = 48
const maxInstantLength = 64
const minuteMs = 60_000
const dayMs = 86_400_000
const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether a text is a date that exists, written YYYY-MM-DD, in the years 0001 to 9999 (proleptic Gregorian). */
export function isDate(text: string): boolean {
  return text.length === 10 && isDatePart(text) && !text.startsWith('0000')
}

/**
 * Brings an RFC 3339 date-time to `YYYY-MM-DDTHH:MM:SS.mmmZ`. Undefined for anything else, for what is finer than a
 * millisecond (it would be rounded silently), for leap seconds and for results outside the years 0001 to 9999.
 */
export function parseInstant(text: string): string | undefined {
  if (text.length < 20 || text.length > maxInstantLength || !isDatePart(text) || !isTimePart(text)) return undefined
  if (text.length === 24 && text[10] === 'T' && text[23] === 'Z' && text[19] === '.') return canonicalOrNot(text)
  const zoneAt = endOfDigits(text, 20)
  const fractionMs = text[19] === '.' ? millisecondsOf(text, zoneAt) : 0
  const offset = offsetMinutes(text, text[19] === '.' ? zoneAt : 19)
  if (fractionMs === undefined || offset === undefined) return undefined
  const day = daysFrom(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2))
  return instantOf(day, timeOf(text) + fractionMs - offset * minuteMs)
}

function canonicalOrNot(text: string): string | undefined {
  return digits(text, 20, 3) >= 0 && !text.startsWith('0000') ? text : undefined
}

function isDatePart(text: string): boolean {
  if (text[4] !== '-' || text[7] !== '-') return false
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= lengthOf(year, month)
}

// RFC 3339 §5.6: "T" and "Z" may be lower case; :60 is refused because no engine stores a leap second.
function isTimePart(text: string): boolean {
  if ((text[10] !== 'T' && text[10] !== 't') || text[13] !== ':' || text[16] !== ':') return false
  return isWithin(digits(text, 11, 2), 23) && isWithin(digits(text, 14, 2), 59) && isWithin(digits(text, 17, 2), 59)
}

function timeOf(text: string): number {
  return (digits(text, 11, 2) * 60 + digits(text, 14, 2)) * minuteMs + digits(text, 17, 2) * 1000
}

function millisecondsOf(text: string, end: number): number | undefined {
  if (end === 20) return undefined
  for (let at = 23; at < end; at++) if (text[at] !== '0') return undefined
  return Number(text.slice(20, Math.min(end, 23)).padEnd(3, '0'))
}

function offsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at]
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return undefined
  const hours = digits(text, at + 1, 2)
  const minutes = digits(text, at + 4, 2)
  if (!isWithin(hours, 23) || !isWithin(minutes, 59)) return undefined
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes)
}

function instantOf(day: number, ms: number): string | undefined {
  const carried = Math.floor(ms / dayMs)
  const rest = ms - carried * dayMs
  const [year, month, dayOfMonth] = dateFrom(day + carried)
  if (year < 1 || year > 9999) return undefined
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`
  const time = [Math.floor(rest / 3_600_000), Math.floor(rest / minuteMs) % 60, Math.floor(rest / 1000) % 60]
  return `${date}T${time.map((part) => pad(part, 2)).join(':')}.${pad(rest % 1000, 3)}Z`
}

function lengthOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (daysOfMonth[month - 1] ?? 0)
}

// Days are counted from 0000-03-01: with March first the leap day is the last of its year, and months have a formula.
// Each era of 400 years has 146,097 days; year 0 before March is era -1, which the floors below cover.
function daysFrom(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
}

function dateFrom(days: number): [year: number, month: number, day: number] {
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return [era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1]
}

/** The number written in `count` ASCII digits, or -1; Number() would also take spaces, signs and exponents. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - zero
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

function endOfDigits(text: string, from: number): number {
  let at = from
  while (isWithin(text.charCodeAt(at) - zero, 9)) at++
  return at
}

function isWithin(value: number, most: number): boolean {
  return value >= 0 && value <= most
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
