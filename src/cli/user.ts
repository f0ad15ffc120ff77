// `plinth user`: the accounts of an installation, looked after at its terminal.
import { addAccount, resetLink } from '../features/auth/index.ts'
import { type Command, flag, namesIn, text, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { type Operating, pageOf, queryOf, rowOf, sayOne, sayPage, type Shown, withOperator } from './operate.ts'

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
  options: { app: text, state: text, roles: text, limit: text, after: text, json: flag },
  async run(words, terminal) {
    const [verb = '', ...rest] = words.positionals
    const act = verbs[verb]
    if (act === undefined) throw new UsageError('user: say list, add, roles, disable, enable, unlock or reset-link')
    const [email = '', roles] = rest
    if (verb !== 'list' && email === '') throw new UsageError(`user ${verb}: an address is needed`)
    if (verb === 'roles' && roles === undefined) throw new UsageError('user roles: name the roles, "" for none')
    if (rest.length > (verb === 'list' ? 0 : verb === 'roles' ? 2 : 1))
      throw new UsageError(`user ${verb}: too many words`)
    return withOperator(words, terminal, (means) => act(means, { email, roles: namesIn(roles ?? '') }))
  },
}

interface Named {
  readonly email: string
  readonly roles: readonly string[]
}

type Act = (means: Operating, named: Named) => Promise<void>

/** An operation on the account of that address. */
const doing =
  (action: string): Act =>
  async (means, { email, roles }) => {
    const { operate } = means
    const page = pageOf(await operate('auth.accounts.list', { query: `email=${encodeURIComponent(email)}` }))
    const [found] = page.data
    if (found === undefined) throw new Error(`There is no account of ${email}.`)
    const body = action === 'roles' ? { roles } : {}
    sayOne(means, rowOf(await operate(`auth.accounts.${action}`, { id: String(found['id']), body })), lineOf)
  }

const verbs: Readonly<Record<string, Act>> = {
  list: async (means) => {
    const query = queryOf(means.words, ['state', 'limit', 'after'])
    sayPage(means, await means.operate('auth.accounts.list', { query }), lineOf)
  },
  add: async (means, { email }) => {
    const made = await addAccount(means.house, { email, roles: namesIn(textOf(means.words, 'roles') ?? '') })
    sayOne(means, made, ({ link }) => link)
  },
  roles: doing('roles'),
  disable: doing('deactivate'),
  enable: doing('reactivate'),
  unlock: doing('unlock'),
  'reset-link': async (means, { email }) => {
    sayOne(means, { link: await resetLink(means.house, email) }, ({ link }) => link)
  },
}

const lineOf = ({ id, email, state, roles, verifiedAt }: Shown): string =>
  [id, email, verifiedAt === null ? 'unconfirmed' : state, [roles].flat().join(' ')].map(String).join(' ').trimEnd()
