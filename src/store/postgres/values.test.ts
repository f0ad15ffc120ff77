// Stored values on their way to PostgreSQL and back, without a database.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { defaultValue } from './default_value.ts'
import { checked, decoderOf, instantOf, type RawRow } from './values.ts'

const instants = fc
  .date({ min: new Date('0001-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

// As the server prints timestamptz(3) in UTC: no trailing zeros, no point where the fraction is nothing.
const printed = (iso: string): string =>
  iso
    .slice(0, -1)
    .replace('T', ' ')
    .replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))

describe('stored values of PostgreSQL', () => {
  it('reads every instant with three digits as it was written', () => {
    fc.assert(
      fc.property(instants, (iso) => {
        const [whole = '', fraction = ''] = printed(iso).split('.')
        const digits = fraction.replace(/0+$/, '')
        const raw = `${whole.padEnd(19, '0').slice(0, 19)}${digits === '' ? '' : `.${digits}`}+00`
        assert.equal(instantOf(raw), iso)
      }),
    )
    // Control: a reader that forgets the padding would differ.
    assert.notEqual(`${'2025-01-01 00:00:00.12+00'.slice(0, 22).replace(' ', 'T')}Z`, '2025-01-01T00:00:00.120Z')
  })

  it('decodes each class and keeps null', () => {
    const decode = decoderOf(['int', 'wide', 'bool', 'bool', 'instant', 'date', 'uuid', 'text', 'int'])
    const raw: RawRow = [
      '9007199254740991',
      '9223372036854775807',
      't',
      'f',
      '2025-01-01 00:00:00+00',
      '2025-02-03',
      'u',
      '',
      null,
    ]

    assert.deepEqual(decode([raw]), [
      [
        Number.MAX_SAFE_INTEGER,
        '9223372036854775807',
        true,
        false,
        '2025-01-01T00:00:00.000Z',
        '2025-02-03',
        'u',
        '',
        null,
      ],
    ])
  })

  it('refuses rows with another number of columns than the statement declares', () => {
    assert.throws(() => decoderOf(['int'])([['1', '2']]), /declare the class of every column/)
    assert.deepEqual(decoderOf([])([]), [])
  })

  it('refuses parameters that would be stored as something else', () => {
    const wrong: unknown[] = [undefined, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, new Date(0), {}, ['a'], 1n]
    for (const value of wrong) assert.throws(() => checked([value as string]), /safe integer/, String(value))
    assert.deepEqual(checked(['', 0, -1, true, null]), ['', 0, -1, true, null])
  })

  it('reads constant defaults only', () => {
    const cases: [string | null, Parameters<typeof defaultValue>[1], unknown][] = [
      [null, 'text', undefined],
      [`''::text`, 'text', ''],
      [`'it''s'::text`, 'text', "it's"],
      ['5', 'int', 5],
      [`'-5'::integer`, 'int', -5],
      ['false', 'bool', false],
      ['now()', 'instant', undefined],
      [`nextval('t_id_seq'::regclass)`, 'int', undefined],
      [`('a'::text || 'b'::text)`, 'text', undefined],
    ]
    for (const [expression, storage, expected] of cases)
      assert.equal(defaultValue(expression, storage), expected, String(expression))
  })
})
