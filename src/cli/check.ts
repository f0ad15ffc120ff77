// `plinth check`: joins the app without starting it, and says what is wrong in its definition.
import { modelOf } from '../server/features.ts'
import { addressesOf } from '../doors/rest/address.ts'
import { exitCodes } from '../server/run.ts'
import { tablesOf } from '../store/tables.ts'
import { type Command, flag, text, textOf } from './command.ts'
import { findApp } from './find_app.ts'
import { say } from './terminal.ts'

export const check: Command = {
  name: 'check',
  summary: 'say whether the definition of the app holds, without starting it',
  help: `plinth check [--app <file>] [--json]

Joins the app: every name resolved, every rule read, every sort with its index. Exit code 1 and the reason where it does
not hold.
`,
  options: { app: text, json: flag },
  async run(words, terminal) {
    const model = modelOf(await findApp(textOf(words, 'app')))
    const addresses = addressesOf(model).map(({ name, method, path }) => ({ name, method, path }))
    const { tables } = tablesOf(model)
    if (words.values['json'] === true) {
      const names = tables.map(({ name }) => name)
      say(terminal, JSON.stringify({ app: model.name, operations: addresses, tables: names }))
      return exitCodes.ok
    }
    for (const { method, path, name } of addresses) say(terminal, `${method.padEnd(6)} ${path}   ${name}`)
    say(terminal, `${model.name} holds: ${addresses.length} operations, ${tables.length} tables`)
    return exitCodes.ok
  },
}
