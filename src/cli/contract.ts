// `plinth contract`: the API's contract, as OpenAPI 3.1.
import { modelOf } from '../server/features.ts'
import { openApi } from '../doors/rest/openapi/index.ts'
import { exitCodes } from '../server/run.ts'
import { type Command, text, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'
import { say } from './terminal.ts'

export const contract: Command = {
  name: 'contract',
  summary: 'print the OpenAPI 3.1 contract of the app',
  help: `plinth contract print [--app <file>]

Prints the same document the server answers at /api/v1/openapi.json.
`,
  options: { app: text },
  async run(words, terminal) {
    if (words.positionals.length !== 1 || words.positionals[0] !== 'print')
      throw new UsageError('contract: say "plinth contract print"')
    const app = await findApp(textOf(words, 'app'))
    say(terminal, JSON.stringify(openApi(modelOf(app), app.options), null, 2))
    return exitCodes.ok
  },
}
