// The whole of the full-disk trial: twenty rounds on 64 megabytes.
import test from 'node:test'
import { survivesFullDisk } from './full_disk.ts'
import { mountSmallDisk } from './small_disk.ts'

test('a disk that fills and frees twenty times costs refusals, and nothing that was told', async (t) => {
  const disk = mountSmallDisk(t, 64)
  if ('skip' in disk) return t.skip(disk.skip)

  await survivesFullDisk(t, disk, 20)
})
