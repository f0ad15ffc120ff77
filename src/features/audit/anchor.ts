// Writes checkpoints outside the database: a file that only grows, on a disk or a volume that its writers cannot reach.
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Checkpoint } from './checkpoint.ts'
import { type AnchorLine, readLines, writeLine } from './anchor_lines.ts'

/** One line is a third of this. */
const tailBytes = 4_096

/** Appends checkpoints to the anchor, and waits until they are on the disk. Fails as the file system does. */
export async function appendToAnchor(path: string, checkpoints: readonly Checkpoint[]): Promise<void> {
  const file = await fileOf(path)
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const last = size === 0 ? '\n' : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString()
    // A crash may have cut off the last line: the next one begins on its own.
    await handle.appendFile((last === '\n' ? '' : '\n') + checkpoints.map(writeLine).join(''))
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** The last checkpoint of this machine's own file; undefined where there is none yet. */
export async function lastInAnchor(path: string): Promise<Checkpoint | undefined> {
  const handle = await open(await fileOf(path), 'r').catch(unlessMissing)
  if (handle === undefined) return undefined
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - tailBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.subarray(0, bytesRead).toString()
    const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1)
    return readLines(whole).findLast((line) => 'checkpoint' in line)?.checkpoint
  } finally {
    await handle.close()
  }
}

/** Every line of the anchor; of all machines, where it is a folder. Nothing where there is none. */
export async function readAnchor(path: string): Promise<AnchorLine[]> {
  const files = (await isFolder(path)) ? (await readdir(path)).filter(isOurs).map((name) => join(path, name)) : [path]
  const texts = await Promise.all(files.toSorted().map((file) => readFile(file, 'utf8').catch(unlessMissing)))
  return texts.flatMap((text) => readLines(text ?? ''))
}

const isOurs = (name: string): boolean => name.endsWith('.jsonl')

/** The file itself, or where a folder is named, a file of this machine in it. */
async function fileOf(path: string): Promise<string> {
  return (await isFolder(path)) ? join(path, `${hostname()}.jsonl`) : path
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(unlessMissing))?.isDirectory() === true
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
