// `plinth key`: the API keys of an installation, and those of its service accounts made at its terminal.
import { addServiceKey } from '../features/auth/index.ts'
import { type Command, flag, namesIn, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { type Operating, queryOf, sayOne, sayPage, type Shown, withOperator } from './operate.ts'

export const key: Command = {
  name: 'key',
  summary: 'list API keys, make one for a service account, revoke one',
  help: `plinth key list [--limit 20] [--after <cursor>] [--json]
plinth key add --service <name> --scopes "<scope>…" [--roles "<role>…"] [--name <name>] [--days <n>] [--json]
plinth key revoke <id>…

list    every key: id, how it begins, when it was last used and ends, its name and scopes. No key is shown.
add     makes a key of the service account and prints it, now and never again. The account is made where there is none,
        with --roles; those of one that is there stay. --days is how long the key is good; without it, until revoked.
revoke  the key is good no more, on the next request here and within a second elsewhere.

Keys of people are made by themselves, at /api/v1/auth/keys. While a server has a SQLite database open (exit code 75),
ask it there; PostgreSQL takes both.
`,
  options: {
    app: text,
    limit: text,
    after: text,
    json: flag,
    service: text,
    scopes: text,
    roles: text,
    name: text,
    days: text,
  },
  async run(words, terminal) {
    const [verb = '', ...ids] = words.positionals
    const act = verbs[verb]
    if (act === undefined) throw new UsageError('key: say list, add or revoke <id>')
    if (verb === 'revoke' && ids.length === 0) throw new UsageError('key revoke: an id is needed')
    if (verb !== 'revoke' && ids.length > 0) throw new UsageError(`key ${verb}: too many words`)
    if (verb === 'add') wantedOf(words)
    return withOperator(words, terminal, (means) => act(means, ids))
  },
}

type Act = (means: Operating, ids: readonly string[]) => Promise<void>

const verbs: Readonly<Record<string, Act>> = {
  list: async (means) => {
    sayPage(means, await means.operate('auth.keys.list', { query: queryOf(means.words, ['limit', 'after']) }), lineOf)
  },
  add: async (means) => {
    const { house, words } = means
    const { days, ...wanted } = wantedOf(words)
    const endsAt = days === undefined ? null : new Date(house.clock.ms() + days * 86_400_000)
    const made = await addServiceKey(house, { ...wanted, endsAt })
    sayOne(means, made, ({ key }) => key)
  },
  revoke: async ({ operate }, ids) => {
    for (const id of ids) await operate('auth.keys.delete', { id })
  },
}

/** What `add` was told. Fails with UsageError. */
function wantedOf(words: Words) {
  const [service, scopes, days] = ['service', 'scopes', 'days'].map((name) => textOf(words, name))
  if (service === undefined || scopes === undefined) throw new UsageError('key add: --service and --scopes are needed')
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days)) throw new UsageError('key add: --days is a whole number')
  const name = textOf(words, 'name') ?? service
  const roles = namesIn(textOf(words, 'roles') ?? '')
  return { service, scopes: namesIn(scopes), name, roles, days: days === undefined ? undefined : Number(days) }
}

const lineOf = ({ id, hint, usedAt, endsAt, name, scopes }: Shown): string => {
  const times = `used ${timeOf(usedAt)} ends ${timeOf(endsAt)}`
  return `${String(id)} ${String(hint)}… ${times} "${String(name)}" ${[scopes].flat().join(' ')}`
}

const timeOf = (value: unknown): string => (typeof value === 'string' ? value : 'never')
