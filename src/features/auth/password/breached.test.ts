// The list of breached passwords finds what is in it and next to nothing else, and comes from where it says.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, test } from 'node:test'
import { codePoints } from '../../../base/pure/text.ts'
import { type BreachedList, compileBreached, loadBreached, ownBreachedFile, readBreached } from './breached.ts'
import { sourcePasswords } from './test_source_list.ts'

describe('the list that comes with Plinth', () => {
  const source = sourcePasswords()
  let list: BreachedList

  before(async () => {
    list = await loadBreached()
  })

  test('holds every password of its source that is long enough to be set, whatever the capitals', () => {
    const long = source.filter((password) => codePoints(password) >= 8)
    // Every fortieth, and the worst ten thousand; the nightly run looks at all.
    const looked = long.filter((_, at) => at < 10_000 || at % 40 === 0)

    deepEqual(
      looked.filter((password) => !list.has(password) || !list.has(password.toUpperCase())),
      [],
    )
    ok(list.size > 470_000)
  })

  test('holds nothing that is in no list', () => {
    const met = Array.from({ length: 100_000 }, (_, at) => `a quiet river bends ${at}`).filter((one) => list.has(one))

    ok(met.length <= 1, `${met.length}`)
  })
})

describe('a compiled list', () => {
  const words = Array.from({ length: 5_000 }, (_, at) => `breached ${at}`)
  const bytes = compileBreached(words)

  test('is the same whatever the order, the capitals and the repetitions', () => {
    deepEqual(compileBreached([...words.toReversed(), ...words.map((word) => word.toUpperCase()), 'short']), bytes)
    equal(readBreached(bytes).size, words.length)
  })

  test('costs three bytes for each, so a million are three megabytes', () => {
    equal(bytes.length - compileBreached([]).length, 3 * words.length)
  })

  test('finds each of its own and none of others', () => {
    const list = readBreached(bytes)

    equal(
      words.every((word) => list.has(word)),
      true,
    )
    equal(
      words.some((word) => list.has(`${word}!`)),
      false,
    )
  })

  test('one that is cut, longer, or no list is refused', async () => {
    const own = await readFile(ownBreachedFile)
    for (const bad of [
      Buffer.alloc(0),
      Buffer.from('plinthb1'),
      Buffer.alloc(200_000),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      own.subarray(0, own.length / 2),
    ])
      throws(() => readBreached(bad), RangeError)
  })
})
