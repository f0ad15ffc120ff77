// What is wrong with a backup, in words that name the file or the time.

/** A backup that cannot be made, read or restored; the message names the piece or the time concerned. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
