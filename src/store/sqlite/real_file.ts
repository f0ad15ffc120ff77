// The one path of a database file, whatever links lead to it: its log, its lock and its marks lie beside that.
import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Links that may follow one another, as the kernel counts them. */
const MOST_LINKS = 40

/**
 * The path without links; the file itself need not be there yet. SQLite puts the log where the file really is, so a
 * lock beside a link would let a second process in by another path.
 */
export function realFile(path: string, links = MOST_LINKS): string {
  const file = resolve(path)
  const is = lstatSync(file, { throwIfNoEntry: false })
  if (is === undefined) return join(realDirectory(dirname(file)), basename(file))
  if (!is.isSymbolicLink() || links === 0) return realpathSync(file)
  return realFile(resolve(dirname(file), readlinkSync(file)), links - 1)
}

// The directory may be made only later; whoever makes it makes no links.
function realDirectory(directory: string): string {
  if (lstatSync(directory, { throwIfNoEntry: false }) !== undefined) return realpathSync(directory)
  return join(realDirectory(dirname(directory)), basename(directory))
}
