// Tries a restore in a process of its own: looking through a database stops the loop that does it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Tried } from './prove.ts'
import type { ProveTask } from './prove_process.ts'

/** As `proveRestorable`. The process ends with ours. */
export async function proveApart({ folder }: ProveTask): Promise<Tried> {
  // The file's own extension: .ts in the sources, .js as published.
  const entry = fileURLToPath(import.meta.url.replace(/prove_apart(\.[jt]s)$/u, 'prove_process$1'))
  const task: ProveTask = { folder }
  const child = spawn(process.execPath, [entry, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`the trial restore ended with ${child.exitCode}: ${complaint.trim()}`)
  return JSON.parse(out) as Tried // what prove_process.ts prints
}
