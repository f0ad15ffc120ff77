// Text with bounds: counted in code points, free of what a column cannot hold.
import type { Field, Issues, Kind, Options } from '../field.ts'
import { checkText, type Length, storedText, textOf, textOperators } from './characters.ts'
import { refuse } from './issues.ts'
import { checkBounds, defineField, type Only, wholeOption } from './options.ts'
import { compilePattern } from './pattern.ts'

export interface TextOptions extends Options {
  /** Code points at least; default 0. */
  readonly min?: number
  /** Code points at most; default 200, at most 100,000. */
  readonly max?: number
  /** Source of a regular expression for the whole text; needs an `example`. */
  readonly pattern?: string
  /** Comparison and uniqueness ignore case. */
  readonly ignoreCase?: boolean
  readonly default?: string
  readonly example?: string
}

const own = ['min', 'max', 'pattern', 'ignoreCase']
const defaultMax = 200
const hardMax = 100_000

/** A text. Fails with TypeError for bounds that hold nothing and for a pattern that could be made slow. */
export function text<const O extends TextOptions = {}>(options?: O & Only<O, TextOptions>): Field<string, O> {
  return defineField(textKind(options ?? {}), options, own)
}

function textKind(options: TextOptions): Kind<string> {
  const { pattern, example } = options
  const max = wholeOption('text: max', options.max, defaultMax, 1, hardMax)
  const min = wholeOption('text: min', options.min, 0, 0, hardMax)
  checkBounds('text', min, max)
  if (pattern !== undefined && example === undefined) throw new TypeError('text: a pattern needs an example')
  const shape = pattern === undefined ? undefined : compilePattern(pattern, max)
  return {
    name: 'text',
    storage: 'text',
    folded: options.ignoreCase === true,
    operators: textOperators,
    sortable: true,
    checks: [{ check: 'length', min, max }],
    schema: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(shape && { pattern: shape.source }),
      ...(example !== undefined && { examples: [example] }),
    },
    parse: parser({ min, max }, shape, example),
    fromText: (value) => value,
    toStored: (value) => storedText('text', value),
    toValue: textOf,
    toWire: undefined,
    sample: (n) => (shape === undefined ? sampleText(n, { min, max }) : example),
  }
}

function parser(length: Length, shape: RegExp | undefined, example: string | undefined): Kind<string>['parse'] {
  if (shape === undefined) return (wire, pointer, issues) => checkText(wire, length, pointer, issues)
  return (wire: unknown, pointer: string, issues: Issues) => {
    const value = checkText(wire, length, pointer, issues)
    if (value === undefined || shape.test(value)) return value
    return refuse(issues, pointer, 'bad_format', `Must have the form of "${example}".`)
  }
}

/** A text within the bounds, another for each `n` as far as they allow. */
export function sampleText(n: number, { min, max }: Length): string {
  const long = `Sample ${n}`
  // The last digits change first, so a short text keeps those.
  return long.length <= max ? long.padEnd(min, '.') : n.toString(36).slice(-max).padStart(min, '0')
}
