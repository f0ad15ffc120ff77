// The process of a trial restore: low in priority, and gone when the server that started it is gone.
import { constants, setPriority } from 'node:os'
import { argv, exit, stdin, stdout } from 'node:process'
import { proveRestorable } from './prove.ts'

/** What it is told. */
export interface ProveTask {
  readonly folder: string
}

const [, self, task] = argv

// Importing this file's types must not start anything.
if (self === import.meta.filename && task !== undefined) {
  setPriority(constants.priority.PRIORITY_LOW)
  // The server holds the other end of standard input for as long as it lives.
  stdin.on('end', () => exit(1)).resume()
  const { folder } = JSON.parse(task) as ProveTask // prove_apart.ts passes it
  stdout.write(JSON.stringify(await proveRestorable({ folder, report: () => undefined })))
  stdin.destroy()
}
