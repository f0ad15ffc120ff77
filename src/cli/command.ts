// What a command is, and how its words are read.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageError } from './complain.ts'
import type { Terminal } from './terminal.ts'

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Everything `plinth <name> --help` says. */
  readonly help: string
  /** Beside --help, which each has. */
  readonly options: ParseArgsOptionsConfig
  /** Answers the exit code. */
  run(words: Words, terminal: Terminal): Promise<number>
}

/** What parseArgs of node:util makes of the words. */
export interface Words {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
}

/** Reads a command's words; undefined where its help was asked. Fails with UsageError. */
export function readWords(
  { name, options }: Pick<Command, 'name' | 'options'>,
  words: readonly string[],
): Words | undefined {
  try {
    const read = parseArgs({
      args: [...words],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return read.values['help'] === true ? undefined : read
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** How an option is declared that has a text, and one that has none. */
export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const

/** A text option, where it was given. */
export const textOf = (words: Words, name: string): string | undefined => {
  const value = words.values[name]
  return typeof value === 'string' ? value : undefined
}

/** The names in one word of the command line, with spaces between. */
export const namesIn = (text: string): string[] => text.split(' ').filter((name) => name !== '')
