// Patterns that cannot be made slow: a regular expression is accepted only if its worst case is bounded beforehand.

/** Ways to match that one check may have to try; 10 million steps are about 50 ms. */
const maxSteps = 10_000_000

interface Part {
  /** In how many ways the part can match: repetitions to choose from, multiplied, and alternatives, added. */
  ways: number
  /** The most that a single repetition contributes to `ways`. */
  largest: number
}

/**
 * Compiles a pattern anchored at both ends. Fails with TypeError for what can backtrack without bound: backreferences,
 * lookaround, a choice inside a repetition, or more repetitions than `maxLength` characters allow.
 */
export function compilePattern(source: string, maxLength: number): RegExp {
  const reader = { source, at: 0, maxLength }
  const whole = readAlternatives(reader)
  if (reader.at < source.length) throw wrong(source, 'has a ) without its (')
  // Anchored at both ends, the last choice of a match is forced by the others.
  if ((whole.ways / whole.largest) * maxLength > maxSteps) {
    throw wrong(source, `may try too many ways to match ${maxLength} characters; lower max or repeat less`)
  }
  try {
    return new RegExp(`^(?:${source})$`, 'u')
  } catch (cause) {
    throw new TypeError(`pattern /${source}/ is not a regular expression`, { cause })
  }
}

interface Reader {
  readonly source: string
  readonly maxLength: number
  at: number
}

const wrong = (source: string, why: string): TypeError => new TypeError(`pattern /${source}/ ${why}`)

function readAlternatives(reader: Reader): Part {
  const whole = readSequence(reader)
  while (reader.source[reader.at] === '|') {
    reader.at++
    const next = readSequence(reader)
    whole.ways += next.ways
    whole.largest = Math.min(whole.largest, next.largest)
  }
  return whole
}

function readSequence(reader: Reader): Part {
  const sequence: Part = { ways: 1, largest: 1 }
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const part = readRepeated(reader)
    sequence.ways *= part.ways
    sequence.largest = Math.max(sequence.largest, part.largest)
  }
  return sequence
}

function readRepeated(reader: Reader): Part {
  const { source } = reader
  const part = readAtom(reader)
  const repeat = readRepeat(reader)
  if (repeat === undefined) return part
  const choices = Math.min(repeat.most, reader.maxLength) - repeat.least + 1
  if (part.ways > 1 && repeat.most > 1) {
    throw wrong(source, 'repeats a group that holds a choice or a repetition; use a character class, or write it out')
  }
  return { ways: part.ways * Math.max(choices, 1), largest: Math.max(part.largest, choices) }
}

function readRepeat(reader: Reader): { least: number; most: number } | undefined {
  const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(reader.source.slice(reader.at))
  if (found === null) return undefined
  reader.at += found[0].length
  const sign = found[0][0]
  if (sign === '*') return { least: 0, most: Infinity }
  if (sign === '+') return { least: 1, most: Infinity }
  if (sign === '?') return { least: 0, most: 1 }
  const least = Number(found[1])
  if (found[2] === undefined) return { least, most: least }
  return { least, most: found[3] === '' ? Infinity : Number(found[3]) }
}

function readAtom(reader: Reader): Part {
  const sign = reader.source[reader.at]
  if (sign === '(') return readGroup(reader)
  if (sign === '[') return readClass(reader)
  if (sign === '\\') return readEscape(reader)
  reader.at++
  return { ways: 1, largest: 1 }
}

function readGroup(reader: Reader): Part {
  const { source } = reader
  const start = /^\((?:\?:|\?<[A-Za-z_]\w*>|(?!\?))/.exec(source.slice(reader.at))
  if (start === null)
    throw wrong(source, 'looks around or switches modes; only plain, (?:…) and named groups are allowed')
  reader.at += start[0].length
  const part = readAlternatives(reader)
  if (source[reader.at] !== ')') throw wrong(source, 'has a ( without its )')
  reader.at++
  return part
}

function readClass(reader: Reader): Part {
  const { source } = reader
  reader.at++
  while (reader.at < source.length && source[reader.at] !== ']') reader.at += source[reader.at] === '\\' ? 2 : 1
  if (source[reader.at] !== ']') throw wrong(source, 'has a [ without its ]')
  reader.at++
  return { ways: 1, largest: 1 }
}

function readEscape(reader: Reader): Part {
  const next = reader.source[reader.at + 1] ?? ''
  if (/[1-9k]/.test(next)) throw wrong(reader.source, 'refers back to a group')
  const braced = /^\\[pPu]\{[^}]*\}/.exec(reader.source.slice(reader.at))
  reader.at += braced === null ? 2 : braced[0].length
  return { ways: 1, largest: 1 }
}
