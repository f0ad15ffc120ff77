// Decides, before the database is opened, whether the last generation goes on; if so, ships what a crash left.
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Clock } from '../../../base/clock.ts'
import { BackupError } from '../../backup/backup_error.ts'
import { LogReader } from './log_reader.ts'
import { readMarks } from './mark_file.ts'
import { identityOf, readMarker, type Marker } from './marker.ts'
import { shipLog } from './ship_log.ts'
import { Shipment } from './shipment.ts'

/** The generation that goes on, or why none can. */
export type Resumed = { readonly shipment: Shipment } | { readonly reason: string }

/**
 * Looks at the marker, the last segment and the log that lies beside the database, which must be closed and locked.
 * Going on needs proof that nothing was written that the generation lacks; without it a new one begins.
 */
export function resumeShipment(file: string, folder: string, clock: Clock): Resumed {
  const marker = readMarker(file)
  if (marker === undefined) return { reason: 'this database has not been shipped, or was opened without it' }
  if (marker.folder !== folder) return { reason: `it was shipped to ${marker.folder} before` }
  try {
    const shipment = Shipment.resume(marker.generation)
    const reason = catchUp(shipment, file, marker, clock)
    return reason === undefined ? { shipment } : { reason }
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    return { reason: error.message }
  }
}

function catchUp(shipment: Shipment, file: string, marker: Marker, clock: Clock): string | undefined {
  const log = `${file}-wal`
  if (marker.closed !== undefined) {
    const isUntouched = identityOf(file) === marker.closed && !existsSync(log)
    if (!isUntouched) return 'the database was changed since it was closed'
    shipment.noteCut()
    return undefined
  }
  // A log is removed by whoever closes the database last. It was not us, or the marker would say so.
  if (!existsSync(log)) return 'the database was closed by another program'
  const descriptor = openSync(log, 'r')
  try {
    const marks = readMarks(file)
    const pending = { marks, until: marks.at(-1)?.ms ?? 0 }
    // We cut a log only when all of it is shipped; then marks may be all that is left.
    shipLog(shipment, new LogReader(descriptor), pending, clock)
  } finally {
    closeSync(descriptor)
  }
  // Opening the database copies the log into it and cuts it.
  shipment.noteCut()
  return undefined
}
