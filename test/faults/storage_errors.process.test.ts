// System calls that fail under a whole server: an error of the disk ends it, a full disk does not.
import assert from 'node:assert/strict'
import test from 'node:test'
import { endsAtError, hurt, outlivesFullDisk } from './storage_errors.ts'
import { straceMissing } from './strace.ts'

const needs = { skip: straceMissing() ?? false }

test('the first failed sync ends the process with 70, and nothing that was told is missing after', needs, async (t) => {
  await endsAtError(t, { injection: 'fsync,fdatasync:error=EIO:when=12', seed: 1, requests: 400 })
})

test('a disk that is full now and then refuses writes with 507, and loses nothing', needs, async (t) => {
  await outlivesFullDisk(t, { injection: 'pwrite64:error=ENOSPC:when=300+23', seed: 3, requests: 120 })
})

test('control: plain node:sqlite goes on saying yes after a failed sync', needs, async (t) => {
  const { trace } = await hurt(t, {
    injection: 'fsync,fdatasync:error=EIO:when=12',
    seed: 4,
    requests: 60,
    fault: 'raw',
    survives: true,
  })

  assert.equal(trace.failures, 1)
  assert.ok(trace.yesAfterNo > 0)
})
