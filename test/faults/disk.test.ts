// The model of a disk: what a sync covers, what it does not, and that a power cut may leave exactly that.
import assert from 'node:assert/strict'
import test from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { Disk, type Loss } from './disk.ts'
import type { Happening } from './recording.ts'

const FILE = 2
const made: Happening[] = [
  { kind: 'found', inode: 1, path: '' },
  { kind: 'created', inode: FILE, path: 'a', isDirectory: false },
]
const named: Happening[] = [...made, { kind: 'sync', inode: 1, token: 1 }, { kind: 'synced', inode: 1, token: 1 }]
const written = (text: string, at = 0): Happening => ({ kind: 'written', inode: FILE, at, data: Buffer.from(text) })
const begin = (token: number): Happening => ({ kind: 'sync', inode: FILE, token })
const end = (token: number): Happening => ({ kind: 'synced', inode: FILE, token })

/** The text of the file after a power cut; undefined when it is not there. */
function after(events: readonly Happening[], loss: Loss, seed = 1): string | undefined {
  const disk = new Disk()
  for (const event of events) disk.take(event)
  const file = disk.left(loss, seededRandom(seed)).find(({ path }) => path === 'a')?.file
  if (file === undefined) return undefined
  const bytes = Buffer.alloc(4_096, '.')
  const ends = file.changes.map((change) => ('cutTo' in change ? change.cutTo : change.at + change.data.length))
  file.image.copy(bytes)
  for (const change of file.changes) if (!('cutTo' in change)) change.data.copy(bytes, change.at)
  return bytes.subarray(0, Math.max(file.image.length, ...ends)).toString()
}

test('a write is safe once a sync that began after it has ended', () => {
  const events = [...named, written('old'), begin(2), end(2)]

  assert.equal(after(events, 'drop'), 'old')
  assert.equal(after([...named, written('old'), begin(2)], 'drop'), '')
})

test('a write made while a sync runs is not covered by it', () => {
  const events = [...named, written('old'), begin(2), written('new'), end(2)]

  assert.equal(after(events, 'drop'), 'old')
  assert.equal(after(events, 'keep'), 'new')
})

test('what a failed sync should have saved is not saved by a second one, only by writing it again', () => {
  const failed: Happening = { kind: 'failed', inode: FILE, token: 2 }
  const events = [...named, written('old'), begin(2), failed, begin(3), end(3)]

  assert.equal(after(events, 'drop'), '')
  assert.equal(after(events, 'keep'), 'old')
  assert.equal(after([...events, written('old'), begin(4), end(4)], 'drop'), 'old')
  // What was lost must not come back over what was written there later.
  const over = [...events, written('NE', 1), begin(4), end(4)]
  assert.deepEqual(new Set([1, 2, 3, 4, 5].map((seed) => after(over, 'random', seed))), new Set(['\0NE', 'oNE']))
})

test('a file may vanish until its directory was synced, and so may a directory', () => {
  assert.equal(after([...made, written('old'), begin(2), end(2)], 'drop'), undefined)
  assert.equal(after([...named, written('old'), begin(2), end(2)], 'drop'), 'old')
})

test('a removed file may be back until its directory was synced', () => {
  const events: Happening[] = [...named, written('old'), begin(2), end(2), { kind: 'unlinked', path: 'a' }]

  assert.equal(after(events, 'drop'), 'old')
  assert.equal(after(events, 'keep'), undefined)
})

test('the last write may be torn between sectors, in front or behind, and nothing else is', () => {
  const events = [...named, written('a'.repeat(1_024)), begin(2), end(2), written('b'.repeat(1_024))]

  const left = new Set(Array.from({ length: 40 }, (_, seed) => after(events, 'torn', seed)))

  const [a, b] = ['a'.repeat(512), 'b'.repeat(512)]
  assert.deepEqual(left, new Set([a + a, a + b, b + a]))
})

test('at random any of the sectors at risk may be there, in any combination', () => {
  const events = [...named, written('a'.repeat(1_024)), begin(2), end(2), written('b'.repeat(1_024))]

  const left = new Set(Array.from({ length: 80 }, (_, seed) => after(events, 'random', seed)))

  assert.equal(left.size, 4)
})

test('a file that was cut may be long again until it was synced', () => {
  const events: Happening[] = [...named, written('long'), begin(2), end(2), { kind: 'cut', inode: FILE, bytes: 1 }]

  assert.equal(after(events, 'drop'), 'long')
  assert.equal(after(events, 'keep'), 'l')
})

test('while nothing is at risk every loss leaves the same', () => {
  const disk = new Disk()
  for (const event of [...named, written('old'), begin(2)]) disk.take(event)

  assert.equal(disk.isSafe, false)
  disk.take(end(2))
  assert.equal(disk.isSafe, true)
})
