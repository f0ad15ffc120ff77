// The process of the command line: gives a command the process's own terminal and takes its exit code.
import { createLog } from '../base/log.ts'
import { exitCodes } from '../server/run.ts'
import { commandLine } from './command_line.ts'
import type { Terminal } from './terminal.ts'

// A reader that has seen enough (`plinth check | head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const terminal: Terminal = {
  environment: process.env,
  get isWatched() {
    return process.stderr.isTTY
  },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  openLog: () => createLog({ level: 'error' }),
}

const code = await commandLine(process.argv.slice(2), terminal)
// `plinth start` ends long after its command has returned, and sets the code itself.
if (code !== exitCodes.ok) process.exitCode = code
