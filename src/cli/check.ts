// `plinth check`: joins the app without starting it, and says what is wrong in its definition.
import { modelOf } from '../server/features.ts'
import { addressesOf } from '../doors/rest/address.ts'
import { tablesOf } from '../store/tables.ts'
import { type Command, readWords, textOf } from './command.ts'
import { findApp } from './find_app.ts'

export const check: Command = {
  name: 'check',
  summary: 'say whether the definition of the app holds, without starting it',
  help: `plinth check [--app <file>] [--json]

Joins the app: every name resolved, every rule read, every sort with its index. Exit code 1 and the reason where it does
not hold.
`,
  async run(words) {
    const read = readWords(check, words, { app: { type: 'string' }, json: { type: 'boolean' } })
    if (read === undefined) return
    const model = modelOf(await findApp(textOf(read, 'app')))
    const addresses = addressesOf(model).map(({ name, method, path }) => ({ name, method, path }))
    const { tables } = tablesOf(model)
    if (read.values['json'] === true) {
      process.stdout.write(
        `${JSON.stringify({ app: model.name, operations: addresses, tables: tables.map(({ name }) => name) })}\n`,
      )
      return
    }
    for (const { method, path, name } of addresses) process.stdout.write(`${method.padEnd(6)} ${path}   ${name}\n`)
    process.stdout.write(`${model.name} holds: ${addresses.length} operations, ${tables.length} tables\n`)
  },
}
