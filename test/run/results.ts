// What became of the tests, and the lines that say so at the end.

/** One test. `detail` is the failure as text, or why it was skipped. */
export interface Result {
  readonly file: string
  readonly line: number
  readonly title: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly detail: string
  /** How long it took. */
  readonly ms: number
}

/** A test file of which at least one test began. */
export interface Ran {
  readonly ran: string
}

/** The files whose tests took longest together, one a line. Tests that run side by side count each for itself. */
export function slowest(results: readonly Result[], count: number): string {
  const files = [...Map.groupBy(results, ({ file }) => file)]
    .map(([file, tests]) => ({ file, ms: tests.reduce((sum, { ms }) => sum + ms, 0) }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, count)
  return files.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}\n`).join('')
}

/** The closing lines and the verdict. Nothing run is a failure: a filter with a slip in it must not look green. */
export function summary(results: readonly Result[]): { text: string; isGood: boolean } {
  const passed = results.filter(({ outcome }) => outcome === 'passed')
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  const skipped = results.filter(({ outcome }) => outcome === 'skipped')
  const text = [
    '',
    ...(results.length === 0 ? ['No test ran.'] : []),
    ...section(
      'Skipped:',
      skipped.map(({ file, title, detail }) => `${file}: ${title}: ${detail}`),
    ),
    ...section(
      'Failed:',
      failed.map(({ file, line, title }) => `${file}:${line}: ${title}`),
    ),
    `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`,
    '',
  ].join('\n')
  return { text, isGood: failed.length === 0 && passed.length > 0 }
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`), '']
}
