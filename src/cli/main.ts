// The command line: finds the command, hands it the rest, and says what went wrong in one line.
import { complain, UsageError } from './complain.ts'
import { commands } from './commands.ts'
import { help } from './help.ts'

const [name, ...rest] = process.argv.slice(2)

// A reader that has seen enough (`plinth check | head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(help(commands))
} else {
  try {
    const command = commands.find((one) => one.name === name)
    if (command === undefined) throw new UsageError(`there is no command "${name}"; plinth --help lists them`)
    await command.run(rest)
  } catch (error) {
    complain(error)
  }
}
