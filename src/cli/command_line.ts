// The command line: finds the command, hands it the rest, and says what went wrong in one line.
import { exitCodes } from '../server/run.ts'
import { readWords } from './command.ts'
import { commands } from './commands.ts'
import { complain, UsageError } from './complain.ts'
import { help } from './help.ts'
import type { Terminal } from './terminal.ts'

/** Does what the words say and answers the exit code; never fails. */
export async function commandLine([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(help(commands))
    return exitCodes.ok
  }
  try {
    const command = commands.find((one) => one.name === name)
    if (command === undefined) throw new UsageError(`there is no command "${name}"; plinth --help lists them`)
    const words = readWords(command, rest)
    if (words !== undefined) return await command.run(words, terminal)
    terminal.out(command.help)
    return exitCodes.ok
  } catch (error) {
    return complain(error, terminal)
  }
}
