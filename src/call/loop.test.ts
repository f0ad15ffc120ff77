// A loop beside the calls: when it takes a turn, what it does about a failure, and how it ends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../base/log.ts'
import { Channels } from '../store/channels.ts'
import type { House } from './house.ts'
import { startLoop } from './loop.ts'

interface Scene {
  readonly house: House
  readonly channels: Channels
  readonly lines: string[]
}

function scene(): Scene {
  const channels = new Channels()
  const lines: string[] = []
  const log = createLog({ level: 'info', write: (line) => void lines.push(line) })
  const engine = { listen: (channel: string, woken: () => void) => channels.listen(channel, woken) }
  return { house: { engine, log } as unknown as House, channels, lines } // a loop asks nothing else of it
}

const slow = { name: 'test', channels: ['work'], pauseMs: 0, pollMs: 10_000 }

const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo() && waited < 10_000; waited += 2) await sleep(2)
}

test('a loop takes a turn at once, more while there is more, and another when it is woken', async () => {
  const { house, channels } = scene()
  const turns: number[] = []
  const loop = startLoop(house, { ...slow, turn: async () => turns.push(turns.length) < 3 })
  await until(() => turns.length === 3)

  channels.wake('other')
  await sleep(10)
  assert.equal(turns.length, 3)
  channels.wake('work')
  await until(() => turns.length > 3)
  await loop.stop()

  assert.equal(turns.length, 4)
})

test('however often it is woken, it pauses between two turns', async () => {
  const { house, channels } = scene()
  const turns: number[] = []
  const loop = startLoop(house, { ...slow, pauseMs: 30, turn: async () => turns.push(performance.now()) < 0 })
  while (turns.length < 4) {
    channels.wake('work')
    await sleep(1)
  }
  await loop.stop()

  // A timer of 30 ms may be early by one.
  for (const [at, time] of turns.slice(1).entries()) assert.ok(time - (turns[at] ?? 0) >= 29)
})

test('without a wake it looks by itself', async () => {
  const { house } = scene()
  const turns: number[] = []
  const loop = startLoop(house, { ...slow, pollMs: 5, turn: async () => turns.push(1) < 0 })
  await until(() => turns.length > 2)
  await loop.stop()

  assert.ok(turns.length > 2)
})

test('a failure is said once while it lasts, and its end too', async () => {
  const { house, lines } = scene()
  const failures = ['away', 'away', 'away', 'broken']
  const loop = startLoop(house, {
    ...slow,
    pollMs: 1,
    turn: async () => {
      const failure = failures.shift()
      if (failure !== undefined) throw new Error(failure)
      return false
    },
  })
  await until(() => lines.length >= 3)
  await loop.stop()

  assert.deepEqual(
    lines.map((line) => /"level":"(\w+)"/.exec(line)?.[1]),
    ['warn', 'warn', 'info'],
  )
  assert.match(lines[0] ?? '', /away/)
  assert.match(lines[0] ?? '', /"loop":"test"/)
})

test('when it is stopped it ends the turn it is in, and takes no other', async () => {
  const { house, channels } = scene()
  const turns: string[] = []
  const loop = startLoop(house, {
    ...slow,
    turn: async () => {
      turns.push('begun')
      await sleep(10)
      turns.push('ended')
      return true
    },
  })
  await until(() => turns.length === 1)
  await loop.stop()
  channels.wake('work')
  await sleep(10)

  assert.deepEqual(turns, ['begun', 'ended'])
})
