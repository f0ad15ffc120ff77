// A full disk refuses writes and nothing else; once there is room again the server writes without anybody's help.
import assert from 'node:assert/strict'
import test from 'node:test'
import { reusesItsLog, survivesFullDisk } from './full_disk.ts'
import { mountSmallDisk } from './small_disk.ts'

test('a disk that fills and frees costs refusals, and nothing that was told', async (t) => {
  const disk = mountSmallDisk(t, 16)
  if ('skip' in disk) return t.skip(disk.skip)

  await survivesFullDisk(t, disk, 3)
})

test('a log that has filled the disk is started over, though nobody frees anything', async (t) => {
  const disk = mountSmallDisk(t, 3)
  if ('skip' in disk) return t.skip(disk.skip)

  const done = await reusesItsLog(t, disk, 100)

  assert.ok(done > 80, `${done} of 100 writes succeeded`)
})
