// The list of commands.
import type { Command } from './command.ts'

export function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const list = commands.map(({ name, summary }) => `  plinth ${name.padEnd(width)}   ${summary}`)
  const codes = '0 ok, 1 no, 2 wrong usage, 70 storage failed, 75 database held by another'
  return `plinth: run and look after a Plinth app\n\n${list.join('\n')}\n\nEach has --help. Exit codes: ${codes}.\n`
}
