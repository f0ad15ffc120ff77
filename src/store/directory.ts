// The directory of a database: that it is there, and what lies in it, is on the disk before anybody relies on it.
import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { diskFailed } from './disk_failed.ts'

/**
 * Makes the directory and those above it where they are missing. A name is durable only once the directory that holds
 * it was synced: without that, a power cut after the first start may take the whole folder, database and all.
 */
export function makeDirectory(directory: string): void {
  const wanted = resolve(directory)
  const made = mkdirSync(wanted, { recursive: true })
  // The one above is synced in any case: an earlier start may have ended between making and syncing.
  for (let at = wanted; ; at = dirname(at)) {
    const above = dirname(at)
    if (above !== at && mayRead(above)) syncDirectory(above)
    if (above === at || made === undefined || at === resolve(made)) return
  }
}

/** Puts the names in a directory on the disk. Fails with broken. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    syncNow(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Puts a file on the disk while the caller waits. Fails with broken. */
export function syncNow(descriptor: number): void {
  try {
    fsyncSync(descriptor)
  } catch (error) {
    throw diskFailed(error)
  }
}

// What we may not read we cannot sync, and did not make.
function mayRead(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK)
    return true
  } catch {
    return false // access answers by throwing
  }
}
