// A file system of a few megabytes that a test can fill and free.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { cleanUp } from './clean_up.ts'
import { directoryFor } from './server.ts'

export interface SmallDisk {
  readonly directory: string
  /** Takes all the space there is. */
  fill(): void
  /** Gives it back. */
  free(): void
}

/** Mounts a file system in memory for the test, or says why that is not possible here. */
export function mountSmallDisk(t: TestContext, megabytes: number): SmallDisk | { readonly skip: string } {
  if (process.platform !== 'linux') return { skip: 'a small file system is mounted on Linux only' }
  if (process.getuid?.() !== 0) return { skip: 'a small file system can be mounted by root only' }
  const directory = directoryFor(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory])
  if (mounted.status !== 0)
    return { skip: `a small file system cannot be mounted here: ${mounted.stderr.toString().trim()}` }
  cleanUp(t, () => spawnSync('umount', ['--lazy', directory]))
  const ballast = join(directory, 'ballast')
  return { directory, fill: () => writeAll(ballast), free: () => rmSync(ballast, { force: true }) }
}

const BLOCK = Buffer.alloc(1 << 16)

function writeAll(file: string): void {
  const descriptor = openSync(file, 'a')
  try {
    while (statfsSync(file).bavail > 0) writeSync(descriptor, BLOCK)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error
  } finally {
    closeSync(descriptor)
  }
}
