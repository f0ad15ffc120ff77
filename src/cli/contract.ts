// `plinth contract`: the API's contract, as OpenAPI 3.1.
import { modelOf } from '../server/features.ts'
import { openApi } from '../doors/rest/openapi/index.ts'
import { type Command, readWords, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'

export const contract: Command = {
  name: 'contract',
  summary: 'print the OpenAPI 3.1 contract of the app',
  help: `plinth contract print [--app <file>]

Prints the same document the server answers at /api/v1/openapi.json.
`,
  async run(words) {
    const read = readWords(contract, words, { app: { type: 'string' } })
    if (read === undefined) return
    if (read.positionals.length !== 1 || read.positionals[0] !== 'print')
      throw new UsageError('contract: say "plinth contract print"')
    const app = await findApp(textOf(read, 'app'))
    process.stdout.write(`${JSON.stringify(openApi(modelOf(app), app.options), null, 2)}\n`)
  },
}
