// Ships what the log has that a generation has not: frames in segments, with the times at which they were durable.
import type { Clock } from '../../../base/clock.ts'
import { BackupError } from '../../backup/backup_error.ts'
import type { Mark } from '../../backup/heads.ts'
import { frameHeadBytes, isSuccessor, type LogHeader } from './log_format.ts'
import type { LogPlace, LogReader } from './log_reader.ts'
import type { Shipment, ShippedTo } from './shipment.ts'

/** At `ms` a sync was done; it covered the log of these salts up to `frame`. No salts: of a log just cut, all. */
export interface SyncMark {
  readonly ms: number
  readonly salts: string | undefined
  readonly frame: number
}

/** Marks that wait for a segment, and the time (ms) up to which they are complete. */
export interface Pending {
  readonly marks: readonly SyncMark[]
  readonly until: number
}

/** The log does not go on where the generation stopped: frames are missing, so a new generation must begin. */
export class LogBroken extends BackupError {}

/** Bytes of frames in one segment; a large transaction is several. */
const mostBytes = 16 * 1024 * 1024

/** The end of what is committed in a log that nothing is known of. */
export function endOfLog(reader: LogReader, round: number): ShippedTo {
  const header = reader.header()
  if (header === undefined) return { round, salts: undefined, frame: 0, sums: [0, 0] }
  return { round, salts: header.salts, ...reader.committedEnd(header, { frame: 0, sums: header.sums }) }
}

/**
 * Ships the committed frames that are not shipped yet, and the marks. What is shipped may be more than is durable: a
 * crash can leave a backup with commits that nobody was told of. Fails with LogBroken, and as the backup's disk does;
 * then the marks are still to be shipped.
 */
export function shipLog(
  shipment: Shipment,
  reader: LogReader,
  pending: Pending,
  clock: Clock,
  segmentBytes: number = mostBytes,
): void {
  const cutAt = shipment.to
  const header = currentHeader(shipment, reader)
  const end = header === undefined ? shipment.to : reader.committedEnd(header, shipment.to)
  const readAt = clock.ms()
  const marks = pending.marks.map((mark) => placed(shipment, cutAt, mark)).filter((mark) => mark !== undefined)
  if (end.frame === shipment.to.frame && marks.length === 0) return
  if (header !== undefined) shipParts({ shipment, reader, header, end, readAt, segmentBytes })
  const last = header === undefined ? undefined : framesUpTo(shipment, reader, header, end)
  shipment.append(last, { marks, until: Math.max(pending.until, shipment.until), readAt })
}

// All but the last part. They carry no marks, so they say nothing new about time.
function shipParts(work: {
  shipment: Shipment
  reader: LogReader
  header: LogHeader
  end: LogPlace
  readAt: number
  segmentBytes: number
}): void {
  const { shipment, reader, header, end, readAt, segmentBytes } = work
  const most = Math.max(1, Math.floor(segmentBytes / (frameHeadBytes + header.pageSize)))
  while (end.frame - shipment.to.frame > most) {
    const frame = shipment.to.frame + most
    const sums = reader.frameHead(header, frame)?.sums
    if (sums === undefined) throw new LogBroken(`the log ends before frame ${frame}`)
    const part = framesUpTo(shipment, reader, header, { frame, sums })
    shipment.append(part, { marks: [], until: shipment.until, readAt })
  }
}

function framesUpTo(
  shipment: Shipment,
  reader: LogReader,
  header: LogHeader,
  end: LogPlace,
): Parameters<Shipment['append']>[0] {
  const { frame } = shipment.to
  if (end.frame === frame) return undefined
  return { pageSize: header.pageSize, end, bytes: reader.frames(header, frame, end.frame - frame) }
}

// Either the log that is being shipped, and its last shipped frame is still what was shipped; or the one after it.
function currentHeader(shipment: Shipment, reader: LogReader): LogHeader | undefined {
  for (;;) {
    const header = reader.header()
    if (header === undefined) return undefined
    const { salts, frame, sums } = shipment.to
    if (salts === undefined || isSuccessor(header.salts, salts)) {
      shipment.startRound(header)
      return header
    }
    if (salts !== header.salts) throw new LogBroken('the log was started over by somebody else')
    if (frame === 0) return header
    const last = reader.frameHead(header, frame)
    if (last?.salts === salts && last.sums[0] === sums[0] && last.sums[1] === sums[1]) return header
    // It may have started over between the two looks.
    if (reader.header()?.salts === salts) throw new LogBroken('frames that were shipped are not in the log any more')
  }
}

// Nothing lay between what was shipped and a log that was just cut.
function placed(shipment: Shipment, cutAt: ShippedTo, { ms, salts, frame }: SyncMark): Mark | undefined {
  if (salts === undefined) return [ms, cutAt.round, cutAt.frame]
  const round = shipment.roundOf(salts)
  return round === undefined ? undefined : [ms, round, frame]
}
