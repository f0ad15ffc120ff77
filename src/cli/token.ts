// `plinth token`: a signed token for development, and nothing else on standard output.
import { systemClock } from '../base/clock.ts'
import { createIds, isId } from '../base/id.ts'
import { systemRandom } from '../base/random.ts'
import { signToken } from '../features/auth/index.ts'
import { readConfig } from '../server/config.ts'
import { exitCodes } from '../server/run.ts'
import { keyringOf } from '../server/secret.ts'
import { type Command, text, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { say } from './terminal.ts'

/** A day: long enough for an afternoon's work, short enough to be no credential. */
const livesSeconds = 24 * 60 * 60

export const token: Command = {
  name: 'token',
  summary: 'print a signed token for a role (development only)',
  help: `plinth token --role <name> [--id <uuid>] [--tenant <uuid>]

Prints a bearer token that lives a day, signed with the same secret as the server's: run it in the same folder and with
the same environment. \`--role member\` is a customer of the app, a new one each time unless --id names one; its own row
is made on first use. Other roles have no row. Refused in production.
`,
  options: { role: text, id: text, tenant: text },
  async run(words, terminal) {
    const config = readConfig(terminal.environment)
    if (config.production) throw new UsageError('token: there are no development tokens in production')
    const role = textOf(words, 'role')
    if (role === undefined || !/^[a-z][a-zA-Z0-9_-]{0,40}$/.test(role))
      throw new UsageError('token: --role <name> is needed')
    const sub = idOf(textOf(words, 'id'), 'id') ?? createIds(systemClock, systemRandom)()
    const tenant = idOf(textOf(words, 'tenant'), 'tenant') ?? null
    const exp = Math.floor(systemClock.ms() / 1000) + livesSeconds
    say(terminal, signToken(keyringOf(config), { sub, roles: [role], tenant, profile: role === 'member', exp }))
    return exitCodes.ok
  },
}

function idOf(text: string | undefined, option: string): string | undefined {
  if (text === undefined || isId(text)) return text
  throw new UsageError(`token: --${option} is not a UUID`)
}
