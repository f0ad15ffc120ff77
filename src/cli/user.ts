// `plinth user`: the accounts of an installation, looked after at its terminal.
import { addAccount, resetLink } from '../features/auth/index.ts'
import { type Command, namesIn, readWords, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { type Operating, pageOf, queryOf, rowOf, say, sayPage, type Shown, withOperator } from './operate.ts'

export const user: Command = {
  name: 'user',
  summary: 'list and add accounts, change roles, disable, unlock, print a reset link',
  help: `plinth user list [--state active|deactivated] [--limit 20] [--after <cursor>] [--json]
plinth user add <email> [--roles "<role> <role>"] [--json]
plinth user roles <email> "<role> <role>" [--json]
plinth user disable|enable|unlock <email> [--json]
plinth user reset-link <email> [--json]

list        the accounts: id, address, state, roles.
add         an account whose address is taken for the person's; prints the link that chooses its password.
roles       gives the account these roles in the place of those it has; "" gives it none.
disable     ends its sessions; nobody signs in to it, or calls by its keys, until enable.
unlock      forgets its wrong passwords and codes.
reset-link  prints a link that chooses a new password, once, for 30 minutes. No letter is sent.

They are the operations of /api/v1/auth/accounts, done as the role admin: the last administrator stays. The owner gets
the same letters. While a server has a SQLite database open (exit code 75), ask it there; PostgreSQL takes both.
`,
  async run(words) {
    const text = { type: 'string' } as const
    const options = {
      app: text,
      state: text,
      roles: text,
      limit: text,
      after: text,
      json: { type: 'boolean' },
    } as const
    const read = readWords(user, words, options)
    if (read === undefined) return
    const [verb = '', ...rest] = read.positionals
    const act = verbs[verb]
    if (act === undefined) throw new UsageError('user: say list, add, roles, disable, enable, unlock or reset-link')
    const [email = '', roles] = rest
    if (verb !== 'list' && email === '') throw new UsageError(`user ${verb}: an address is needed`)
    if (verb === 'roles' && roles === undefined) throw new UsageError('user roles: name the roles, "" for none')
    if (rest.length > (verb === 'list' ? 0 : verb === 'roles' ? 2 : 1))
      throw new UsageError(`user ${verb}: too many words`)
    await withOperator(textOf(read, 'app'), (means) => act(means, { email, roles: namesIn(roles ?? '') }, read))
  },
}

interface Named {
  readonly email: string
  readonly roles: readonly string[]
}

type Act = (means: Operating, named: Named, words: Words) => Promise<void>

/** An operation on the account of that address. */
const doing =
  (action: string): Act =>
  async ({ operate }, { email, roles }, words) => {
    const page = pageOf(await operate('auth.accounts.list', { query: `email=${encodeURIComponent(email)}` }))
    const [found] = page.data
    if (found === undefined) throw new Error(`There is no account of ${email}.`)
    const body = action === 'roles' ? { roles } : {}
    const row = rowOf(await operate(`auth.accounts.${action}`, { id: String(found['id']), body }))
    say(words.values['json'] === true ? JSON.stringify(row) : lineOf(row))
  }

const verbs: Readonly<Record<string, Act>> = {
  list: async ({ operate }, _named, words) => {
    const query = queryOf(words, ['state', 'limit', 'after'])
    sayPage(words, await operate('auth.accounts.list', { query }), lineOf)
  },
  add: async ({ house }, { email }, words) => {
    const made = await addAccount(house, { email, roles: namesIn(textOf(words, 'roles') ?? '') })
    say(words.values['json'] === true ? JSON.stringify(made) : made.link)
  },
  roles: doing('roles'),
  disable: doing('deactivate'),
  enable: doing('reactivate'),
  unlock: doing('unlock'),
  'reset-link': async ({ house }, { email }, words) => {
    const link = await resetLink(house, email)
    say(words.values['json'] === true ? JSON.stringify({ link }) : link)
  },
}

const lineOf = ({ id, email, state, roles, verifiedAt }: Shown): string =>
  [id, email, verifiedAt === null ? 'unconfirmed' : state, [roles].flat().join(' ')].map(String).join(' ').trimEnd()
