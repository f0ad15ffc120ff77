// A file beside the database that says: whoever has opened it since this generation began has shipped what was written.
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { syncDirectory } from '../../directory.ts'

export interface Marker {
  readonly folder: string
  readonly generation: string
  /** What the database file was when it was closed with everything shipped; undefined while it is open. */
  readonly closed: string | undefined
}

const markerOf = (file: string): string => `${file}.shipping`

/** Reads the marker. Undefined where there is none, or one that a crash cut short. */
export function readMarker(file: string): Marker | undefined {
  const text = contentOf(markerOf(file))
  if (text === undefined || !text.endsWith('\n')) return undefined
  const [folder, generation, closed] = text.slice(0, -1).split('\n')
  if (folder === undefined || generation === undefined) return undefined
  return { folder, generation, closed: closed === '' ? undefined : closed }
}

/** Writes the marker and syncs it. */
export function writeMarker(file: string, { folder, generation, closed = '' }: Marker): void {
  const descriptor = openSync(markerOf(file), 'w')
  try {
    writeSync(descriptor, `${folder}\n${generation}\n${closed}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  syncDirectory(dirname(resolve(file)))
}

/** Removes the marker, before anything is written that nobody ships. */
export function removeMarker(file: string): void {
  if (contentOf(markerOf(file)) === undefined) return
  rmSync(markerOf(file), { force: true })
  syncDirectory(dirname(resolve(file)))
}

/** What tells a file that nobody has touched from any other; undefined where there is none. It is only looked at. */
export function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return undefined
  const { ino, size, mtimeNs, ctimeNs } = found
  return [ino, size, mtimeNs, ctimeNs].join('-')
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
