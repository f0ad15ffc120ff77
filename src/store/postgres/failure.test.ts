// What the server reports, in the words of both engines.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { connectFailure, failureOf } from './failure.ts'

const report = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`message of ${code}`), { code, severity: 'ERROR', ...more })

describe('failures of PostgreSQL', () => {
  it('has a word for every state that callers decide on', () => {
    const words = {
      '23505': 'unique',
      '23503': 'foreign_key',
      '23514': 'check',
      '23502': 'not_null',
      '40001': 'serialization',
      '40P01': 'serialization',
      '55P03': 'busy',
      '57014': 'deadline',
      '25P02': 'spoiled',
      '53100': 'full',
      '53300': 'unavailable',
      '57P01': 'unavailable',
      '08006': 'unavailable',
      '42601': 'broken',
      '22P02': 'broken',
      XX001: 'broken',
    }
    for (const [state, word] of Object.entries(words)) assert.equal(failureOf(report(state)).error.failure, word, state)
  })

  it('says whether the connection can still be used', () => {
    assert.equal(failureOf(report('23505')).lost, false)
    assert.equal(failureOf(report('57014')).lost, false)
    assert.equal(failureOf(report('57P01')).lost, true)
    assert.equal(failureOf(report('XX000', { severity: 'FATAL' })).lost, true)
    assert.equal(failureOf(report('26000')).lost, true)
    assert.equal(failureOf(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })).lost, true)
    assert.equal(failureOf(new Error('Connection terminated unexpectedly')).lost, true)
  })

  it('never carries a value of a row', () => {
    const value = 'ada@example.org'
    const reports = [
      report('23505', {
        detail: `Key (email)=(${value}) already exists.`,
        table: 'people',
        constraint: 'people_email_key',
      }),
      Object.assign(report('22P02'), { message: `invalid input syntax for type uuid: "${value}"` }),
      Object.assign(report('P0001'), { message: value }),
      report('23514', { where: `row ${value}`, internalQuery: value, hint: value }),
    ]

    for (const one of reports) {
      assert.ok(!inspect(failureOf(one).error, { depth: 9, showHidden: true }).includes(value))
      assert.ok(inspect(one, { depth: 9 }).includes(value)) // control: the report itself does
    }
  })

  it('tells why a connection failed without the password', () => {
    const error = connectFailure(Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'db:5432')

    assert.equal(error.failure, 'unavailable')
    assert.equal(error.message, 'PostgreSQL at db:5432 cannot be reached (ECONNREFUSED).')
  })
})
