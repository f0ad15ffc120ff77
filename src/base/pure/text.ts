// Text as it is compared and searched, and whether it can be stored at all.

/** Longer words are cut, in what is stored and in what is asked alike, so that both still meet. */
const maxWordLength = 64

const ascii = /^[\0-\x7f]*$/
// Made when it is needed: it is 3 MB. A fixed locale: the process's own would make two machines split the same text
// differently.
const kept: { segmenter?: Intl.Segmenter } = {}
const segmenter = (): Intl.Segmenter => (kept.segmenter ??= new Intl.Segmenter('en', { granularity: 'word' }))

/** The form in which case-insensitive values are compared and made unique: NFKC, lower case, NFKC again. */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  // Lower-casing turns a sigma at the end of a word into another letter; as one letter a prefix stays a prefix.
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll('ς', 'σ')
}

/** The words of a text for full-text search: folded, each once, in order of appearance, at most 64 characters each. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>()
  for (const { segment, isWordLike } of segmenter().segment(fold(text))) if (isWordLike) words.add(cut(segment))
  return [...words]
}

/** Whether both engines can keep the text unchanged: no NUL (PostgreSQL) and no lone surrogate (neither). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** Length in code points, the unit of every length bound (JSON Schema counts so too). */
export function codePoints(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length - 1; at++) if (isPair(text, at)) count--
  return count
}

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}

function cut(word: string): string {
  if (word.length <= maxWordLength) return word
  return word.slice(0, isPair(word, maxWordLength - 1) ? maxWordLength - 1 : maxWordLength)
}
