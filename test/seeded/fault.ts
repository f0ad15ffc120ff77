// A fault that a test must see: a change to one source file, as somebody could make it by mistake.

/** The text that goes, and what stands in its place. */
export type Edit = readonly [from: string, to: string]

export interface Fault {
  /** From the root of the repository. */
  readonly file: string
  /** Each `from` is there exactly once. */
  readonly edits: readonly Edit[]
}

/** Tells a process which faults it has. */
export const seededEnvironment = 'PLINTH_SEEDED_FAULT'

/** The source with the fault. Fails where the source does not say (any more) what the fault takes away. */
export function withEdits(source: string, { file, edits }: Fault): string {
  return edits.reduce((text, [from, to]) => {
    const found = text.split(from).length - 1
    if (found !== 1) throw new Error(`${file} says ${found} times, and not once: ${from}`)
    return text.replace(from, () => to)
  }, source)
}
