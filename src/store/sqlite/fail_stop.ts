// The end of a process whose disk has failed: at once, and without closing the database.
import { writeSync } from 'node:fs'
import type { StoreError } from '../contract.ts'

/** `EX_SOFTWARE` of sysexits: the storage failed, start again. */
const STORAGE_FAILED = 70

/**
 * Ends the process with 70. Closing the database would make a checkpoint out of a page cache that no longer equals the
 * disk, so no exit handler may run: `process.reallyExit` is what `process.exit` calls after them.
 */
export function exitWithoutClosing(error: StoreError): void {
  writeSync(2, `storage failed, the process ends: ${error.message}\n`)
  // Missing from Node's types.
  const ending = process as typeof process & { reallyExit(code: number): never }
  ending.reallyExit(STORAGE_FAILED)
}
