// The whole of the storage errors: any sync or write of a server may be the first that fails, or find the disk full.
import test from 'node:test'
import { endsAtError, outlivesFullDisk } from './storage_errors.ts'
import { straceMissing } from './strace.ts'

const needs = { skip: straceMissing() ?? false, timeout: 600_000 }

for (let at = 8; at <= 200; at += 8) {
  test(`sync number ${at} of a thread fails`, needs, async (t) => {
    await endsAtError(t, { injection: `fsync,fdatasync:error=EIO:when=${at}`, seed: at, requests: 100 + at * 20 })
  })
}

for (let at = 20; at <= 1_000; at += 49) {
  test(`write number ${at} of a thread fails`, needs, async (t) => {
    await endsAtError(t, { injection: `pwrite64:error=EIO:when=${at}`, seed: at, requests: 400 })
  })
}

for (let step = 3; step <= 60; step += 3) {
  test(`one write of ${step} finds the disk full`, needs, async (t) => {
    await outlivesFullDisk(t, { injection: `pwrite64:error=ENOSPC:when=300+${step}`, seed: step, requests: 200 })
  })
}
