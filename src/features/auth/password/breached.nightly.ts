// The committed list is the one its source gives, byte for byte; and the format holds a million.
import { equal, ok } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { compileBreached, ownBreachedFile, readBreached } from './breached.ts'
import { sourcePasswords } from './test_source_list.ts'

test('the list is made of the package it names, and of nothing else', async () => {
  const source = sourcePasswords()

  equal(source.length, 999_999)
  equal(compileBreached(source).equals(await readFile(ownBreachedFile)), true)
  equal(compileBreached(source.slice(0, -1_000)).equals(await readFile(ownBreachedFile)), false)
})

test('a million entries fit in three megabytes and are all found; a million others meet few of them', () => {
  const words = Array.from({ length: 1_000_000 }, (_, at) => `breached ${at}`)
  const bytes = compileBreached(words)
  const list = readBreached(bytes)

  ok(bytes.length < 3_200_000)
  equal(
    words.every((word) => list.has(word)),
    true,
  )
  const met = words.filter((word) => list.has(`${word}!`)).length
  ok(met <= 10, `${met} false ones where about one is expected`)
})
