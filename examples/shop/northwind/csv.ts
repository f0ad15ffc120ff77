// Reads CSV as RFC 4180 describes it: a header, quoted fields, quotes doubled inside them, lines ended by CRLF or LF.

/** One line: the text of each column by the header's name; an empty field is ''. */
export type CsvRow = Readonly<Record<string, string>>

// A field with what ends it. A quoted one holds commas, line ends and doubled quotes; a plain one holds none of them.
const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

/** The rows below the header. Fails with SyntaxError, naming the line, for stray quotes and lines of another length. */
export function readCsv(text: string): CsvRow[] {
  const [header, ...lines] = readLines(text.replace(/^\ufeff/, ''))
  if (header === undefined) return []
  return lines.map((line, at) => {
    // Lines are counted as records: one with line ends inside quotes counts once.
    if (line.length !== header.length) throw wrong(at + 2, `it has ${line.length} fields, the header ${header.length}`)
    return Object.fromEntries(header.map((name, column) => [name, line[column] ?? '']))
  })
}

function readLines(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  for (let at = 0; at < text.length || line.length > 0;) {
    cell.lastIndex = at
    const match = cell.exec(text)
    if (match === null) throw wrong(lines.length + 1, 'a quote stands where none can')
    const [all, quoted, plain = '', end] = match
    line.push(quoted?.replaceAll('""', '"') ?? plain)
    at += all.length
    if (end === ',') continue
    lines.push(line)
    line = []
  }
  return lines
}

const wrong = (line: number, why: string): SyntaxError => new SyntaxError(`CSV, line ${line}: ${why}`)
