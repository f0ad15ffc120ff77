// Judges any kind of field: what it must refuse, and that a value survives the way to the column and back.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import fc from 'fast-check'
import type { FieldCode, FieldError } from '../../base/pure/problem.ts'
import type { Field, Kind, Place, Stored } from '../field.ts'
import { collectIssues } from './issues.ts'

type Some = Field<unknown, {}, string>

/** A value that is refused: what it is, the wire value, the code and, where not the field itself, the pointer. */
export type Case = readonly [what: string, wire: unknown, code: FieldCode, pointer?: string]

/** 1 MiB, of which a check must not look at every character twice. */
export const mebibyte = 'a'.repeat(1_048_576)

/** Values that no kind made of text, number or truth takes. */
export const foreign: readonly Case[] = [
  ['an empty object', {}, 'wrong_type'],
  ['an empty list', [], 'wrong_type'],
  ['a list of one', ['a'], 'wrong_type'],
  ['null', null, 'wrong_type'],
  ['an object with a key named __proto__', JSON.parse('{"__proto__":{"x":1}}'), 'wrong_type'],
  ['an object that answers as text', { toString: 'a', valueOf: 1 }, 'wrong_type'],
  ['an object that makes a text', { toString: () => 'a', valueOf: () => 1 }, 'wrong_type'],
]

/** Values that no kind made of text takes. */
export const notText: readonly Case[] = [
  ...foreign,
  ['a number', 5, 'wrong_type'],
  ['NaN', Number.NaN, 'wrong_type'],
  ['true', true, 'wrong_type'],
]

/** What is wrong with a wire value, at the pointer /it. */
export function wrong({ kind }: Some, wire: unknown): readonly FieldError[] {
  const issues = collectIssues()
  const value = kind.parse(wire, '/it', issues)
  equal(value === undefined, issues.found.length > 0, 'undefined and an issue come together')
  return issues.found
}

/** Checks that a field refuses each value with its code and pointer, in a sentence; and that the check can fail. */
export function refuses(field: Some, cases: readonly Case[]): void {
  for (const one of cases) checkRefusal(field, one)
  const lenient = { ...field, kind: { ...field.kind, parse: (wire: unknown) => wire ?? 'nothing' } }
  for (const one of cases) throws(() => checkRefusal(lenient, one), `${one[0]}: the check finds a field that takes it`)
}

/** Checks one of them. */
export function checkRefusal(field: Some, [what, wire, code, pointer = '/it']: Case): void {
  const found = wrong(field, wire)
  deepEqual(
    found.map((one) => [one.code, one.pointer]),
    [[code, pointer]],
    what,
  )
  ok(/^[A-Z].{5,200}\.$/.test(found[0]?.message ?? ''), `${what}: "${found[0]?.message}" is a sentence`)
}

/** Checks that a field takes each value and answers it as `server`. */
export function takes({ kind }: Some, wire: unknown, server: unknown): void {
  const issues = collectIssues()
  const value = kind.parse(wire, '/it', issues)
  deepEqual(issues.found, [])
  deepEqual(value, server)
}

/** A place whose seal only marks the text, so that a test can see what was sealed, and about what. */
export const somewhere: Place = {
  table: 'rows',
  column: 'it',
  row: '1',
  seal: (purpose, plain, about) => `${purpose}|${about}|${plain}`,
  open: (purpose, sealed, about) => sealed.slice(`${purpose}|${about}|`.length),
}

function journey(kind: Kind, wire: unknown): { readonly stored: Stored; readonly shown: unknown } {
  const value = kind.parse(wire, '', collectIssues())
  ok(value !== undefined, `takes ${JSON.stringify(wire)}`)
  const stored = kind.toStored(value, somewhere)
  deepEqual(kind.toValue(stored, somewhere), value)
  return { stored, shown: kind.toWire === undefined ? stored : kind.toWire(stored) }
}

/** Checks wire → server → stored → server → wire for any value of `wires`; `canonical` is how a value comes back. */
export function survives<W>(
  { kind }: Some,
  wires: fc.Arbitrary<W>,
  canonical: (wire: W) => unknown = (wire) => wire,
): void {
  const holds = (judged: Kind, endOnFailure = false): void => {
    const comesBack = fc.property(wires, (wire) => deepEqual(journey(judged, wire).shown, canonical(wire)))
    fc.assert(comesBack, { numRuns: 100, endOnFailure })
  }
  holds(kind)
  const forgetful: Kind = {
    ...kind,
    toStored: () => kind.toStored(kind.parse(kind.sample(3), '', collectIssues()), somewhere),
  }
  throws(() => holds(forgetful, true), 'the property finds a kind that stores another value')
}

/** Checks that the samples of a field are taken by itself, and that `different` of them differ. */
export function samples({ kind }: Some, different: number): void {
  for (const n of [0, 1, 2, 9, 10, 99, 12_345, 4_000_000_000]) {
    deepEqual(wrong({ kind, options: {} }, kind.sample(n)), [], `sample ${n}: ${JSON.stringify(kind.sample(n))}`)
  }
  const seen = Array.from({ length: different }, (_, n) => JSON.stringify(kind.sample(n)))
  equal(new Set(seen).size, different, 'samples differ')
}
