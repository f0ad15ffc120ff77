// The witness outside the database: checkpoints as lines of a file, and whether the database still says what they say.
import { type Checkpoint, isGenuine, markOf } from './checkpoint.ts'
import { isOld, type Signed, type Tell } from './findings.ts'

/** One line of an anchor: a checkpoint, or what is none. */
export type AnchorLine = { readonly checkpoint: Checkpoint } | { readonly line: number }

const members = ['id', 'number', 'position', 'hash', 'at', 'previous', 'key', 'signature'] as const
const numbers: ReadonlySet<string> = new Set(['number', 'position'])

/** A checkpoint as a line. */
export function writeLine(checkpoint: Checkpoint): string {
  return `${JSON.stringify(Object.fromEntries(members.map((name) => [name, checkpoint[name]])))}\n`
}

/** The lines of a file's text. What a crash left of a line is none: the whole one follows, or is yet to be written. */
export function readLines(text: string): AnchorLine[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at): AnchorLine[] => {
    const checkpoint = readLine(line)
    if (checkpoint !== undefined) return [{ checkpoint }]
    const next = lines[at + 1]
    return next === undefined || next.startsWith(line) || line === '' ? [] : [{ line: at + 1 }]
  })
}

function readLine(line: string): Checkpoint | undefined {
  const read = parsed(line)
  if (typeof read !== 'object' || read === null || Object.keys(read).join() !== members.join()) return undefined
  const isTyped = Object.entries(read).every(
    ([name, value]) => typeof value === (numbers.has(name) ? 'number' : 'string'),
  )
  return isTyped ? (read as Checkpoint) : undefined // every member was looked at
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // a line that was bent, or cut off by a crash: the caller says so
  }
}

/** Compares an anchor with what the database says; answers the place up to which they agree. */
export function judgeAnchor(lines: readonly AnchorLine[], signed: Signed, now: number, tell: Tell): number {
  let agreed = 0
  for (const one of lines) {
    if ('line' in one) tell('anchor', one.line, 'the line is no checkpoint')
    else if (agrees(one.checkpoint, signed, now, tell)) agreed = Math.max(agreed, one.checkpoint.position)
  }
  if (lines.length === 0 && signed.count > 0) tell('anchor', 0, 'nothing is written there, and there are checkpoints')
  return agreed
}

function agrees(checkpoint: Checkpoint, { marks, first, last }: Signed, now: number, tell: Tell): boolean {
  const { number, position } = checkpoint
  const mark = marks.get(number)
  if (!isGenuine(checkpoint)) tell('anchor', number, 'it is not as it was signed')
  else if (mark === markOf(checkpoint)) return true
  else if (mark !== undefined) tell('anchor', number, 'the database has another checkpoint of this number')
  else if (last === undefined || number > last.number) {
    tell('end', position, 'the chain was signed up to here: it was cut off, or the database is an older one')
  } else if (number < (first?.number ?? 0) && !isOld(checkpoint, now))
    tell('anchor', number, 'the database has it no more')
  return false
}
