// What a command is, and how its words are read.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageError } from './complain.ts'

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Everything `plinth <name> --help` says. */
  readonly help: string
  run(words: readonly string[]): Promise<void>
}

/** What parseArgs of node:util makes of the words. */
export interface Words {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
}

/** Reads a command's words; prints its help and answers undefined when that was asked. Fails with UsageError. */
export function readWords(
  command: Pick<Command, 'name' | 'help'>,
  words: readonly string[],
  options: ParseArgsOptionsConfig,
): Words | undefined {
  try {
    const read = parseArgs({
      args: [...words],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    if (read.values['help'] !== true) return read
    process.stdout.write(command.help)
    return undefined
  } catch (error) {
    throw new UsageError(`${command.name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A text option, where it was given. */
export const textOf = (words: Words, name: string): string | undefined => {
  const value = words.values[name]
  return typeof value === 'string' ? value : undefined
}

/** The names in one word of the command line, with spaces between. */
export const namesIn = (text: string): string[] => text.split(' ').filter((name) => name !== '')
