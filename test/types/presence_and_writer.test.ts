// A field has two axes, presence and writer: what each pair is in a row, for server code, for a client, on the wire.
import { test } from 'node:test'
import { type Input, type New, type Patch, resource, type Row, text, type WireRow } from 'plinth'
import type { Given } from '../../src/define/input.ts'
import type { Id } from '../../src/define/infer.ts'
import { holds, type Same } from './same.ts'

const things = resource('things', {
  fields: {
    required: text(),
    optional: text({ optional: true }),
    default: text({ default: 'a' }),
    optionalDefault: text({ optional: true, default: 'a' }),
    derived: text({ derived: true }),
    optionalDerived: text({ derived: true, optional: true }),
    computed: text({ computed: true }),
    optionalComputed: text({ computed: true, optional: true }),
    readonlyRequired: text({ readonly: true }),
    readonlyOptional: text({ readonly: true, optional: true }),
    readonlyDefault: text({ readonly: true, default: 'a' }),
    readonlyDerived: text({ readonly: true, derived: true }),
    readonlyComputed: text({ readonly: true, computed: true }),
    privateRequired: text({ private: true }),
    privateOptional: text({ private: true, optional: true }),
    privateDefault: text({ private: true, default: 'a' }),
    privateDerived: text({ private: true, derived: true }),
    privateReadonly: text({ private: true, readonly: true }),
  },
  allow: {},
})
type Things = typeof things
type Fields = Things['fields']

test('a row holds every field but the computed ones, null where it may be missing', () => {
  holds<
    Same<
      Row<Things>,
      {
        id: Id<'things'>
        createdAt: Date
        updatedAt: Date
        required: string
        optional: string | null
        default: string
        optionalDefault: string | null
        derived: string
        optionalDerived: string | null
        readonlyRequired: string
        readonlyOptional: string | null
        readonlyDefault: string
        readonlyDerived: string
        privateRequired: string
        privateOptional: string | null
        privateDefault: string
        privateDerived: string
        privateReadonly: string
      }
    >
  >()
  const row = {} as Row<Things>
  // @ts-expect-error What only the wire has is not in a row.
  void row.computed
  // @ts-expect-error What the server writes may still be missing.
  const late: string = row.readonlyOptional
  void late
})

interface Written {
  required: string
  readonlyRequired: string
  privateRequired: string
  privateReadonly: string
  optional?: string | null
  default?: string
  optionalDefault?: string | null
  readonlyOptional?: string | null
  readonlyDefault?: string
  privateOptional?: string | null
  privateDefault?: string
}

test('server code gives what has no other source, whoever may write it', () => {
  holds<Same<New<Things>, { [K in keyof Written]: Written[K] }>>()
  const least: New<Things> = { required: '', readonlyRequired: '', privateRequired: '', privateReadonly: '' }
  // @ts-expect-error `readonlyRequired` has no default: only server code can give it.
  const short: New<Things> = { required: '', privateRequired: '', privateReadonly: '' }
  // @ts-expect-error `privateReadonly` has no default either.
  const shorter: New<Things> = { required: '', readonlyRequired: '', privateRequired: '' }
  // @ts-expect-error A derived field is what `derive` says.
  const derived: New<Things> = { ...least, derived: '' }
  // @ts-expect-error A computed field has no column.
  const computed: New<Things> = { ...least, computed: '' }
  // @ts-expect-error A default is not null.
  const nothing: New<Things> = { ...least, default: null }
  // @ts-expect-error Absent is absent, not undefined.
  const absent: New<Things> = { ...least, optional: undefined }
  void [least, short, shorter, derived, computed, nothing, absent]
})

test('server code changes any part of what it may give', () => {
  holds<Same<Patch<Things>, Partial<New<Things>>>>()
  const some: Patch<Things> = { readonlyRequired: 'x', optional: null }
  // @ts-expect-error What must be there cannot be taken away.
  const none: Patch<Things> = { required: null }
  // @ts-expect-error Nobody writes a derived field.
  const derived: Patch<Things> = { derived: 'x' }
  void [some, none, derived]
})

test('a client sends what is its own: neither readonly nor private nor derived nor computed', () => {
  holds<
    Same<
      Input<Things>,
      { required: string; optional?: string | null; default?: string; optionalDefault?: string | null }
    >
  >()
  const sent: Input<Things> = { required: '' }
  // @ts-expect-error Server code alone writes it.
  const readonly: Input<Things> = { required: '', readonlyOptional: '' }
  // @ts-expect-error A client does not know it.
  const hidden: Input<Things> = { required: '', privateOptional: '' }
  // @ts-expect-error The server derives it.
  const derived: Input<Things> = { required: '', derived: '' }
  // @ts-expect-error The server computes it.
  const computed: Input<Things> = { required: '', computed: '' }
  // @ts-expect-error It is needed.
  const nothing: Input<Things> = {}
  void [sent, readonly, hidden, derived, computed, nothing]
})

test('what an action is given has its defaults filled in, and null where nothing was sent', () => {
  holds<
    Same<Given<Fields>, { required: string; optional: string | null; default: string; optionalDefault: string | null }>
  >()
  const given = {} as Given<Fields>
  // @ts-expect-error Nobody sent it, so there is nothing to read.
  void given.readonlyDefault
  // @ts-expect-error It may be null.
  const present: string = given.optional
  void present
})

test('the wire shows all but what is private', () => {
  holds<
    Same<
      WireRow<Things>,
      {
        id: Id<'things'>
        createdAt: string
        updatedAt: string
        required: string
        optional: string | null
        default: string
        optionalDefault: string | null
        derived: string
        optionalDerived: string | null
        computed: string
        optionalComputed: string | null
        readonlyRequired: string
        readonlyOptional: string | null
        readonlyDefault: string
        readonlyDerived: string
        readonlyComputed: string
      }
    >
  >()
  const wire = {} as WireRow<Things>
  // @ts-expect-error Private fields never leave the server.
  void wire.privateRequired
  // @ts-expect-error Nor derived ones that are private.
  void wire.privateDerived
})
