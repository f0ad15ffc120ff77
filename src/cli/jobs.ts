// `plinth jobs`: what waits, runs, failed or is done; and a way to run it again or to stop it.
import { type Command, flag, text } from './command.ts'
import { UsageError } from './complain.ts'
import { type Operating, pageOf, queryOf, rowOf, sayOne, sayPage, type Shown, withOperator } from './operate.ts'
import { say } from './terminal.ts'

export const jobs: Command = {
  name: 'jobs',
  summary: 'list, show, retry or cancel jobs',
  help: `plinth jobs list [--state <state>] [--queue <name>] [--name <job>] [--limit 20] [--after <cursor>] [--json]
plinth jobs show <id> [--json]
plinth jobs retry <id>… | --dead [--queue <name>] [--name <job>] [--json]
plinth jobs cancel <id>… [--json]

list    the jobs, newest first. States: scheduled, ready, held, running, done, dead, cancelled.
show    one job, with its input and what its last try failed with.
retry   lets a job that is dead, cancelled or scheduled run now, all its attempts anew; --dead takes every dead one.
cancel  sets a job that waits aside; one that runs is told to stop.

They are the operations of /api/v1/jobs, done as the role admin. While a server has a SQLite database open (exit code
75), ask it there.
`,
  options: { app: text, state: text, queue: text, name: text, limit: text, after: text, dead: flag, json: flag },
  async run(words, terminal) {
    const [verb = '', ...ids] = words.positionals
    const act = verbs[verb]
    if (act === undefined) throw new UsageError('jobs: say list, show <id>, retry <id> or cancel <id>')
    return withOperator(words, terminal, (means) => act(means, ids))
  },
}

type Act = (means: Operating, ids: readonly string[]) => Promise<void>

const verbs: Readonly<Record<string, Act>> = {
  list: async (means) => {
    const query = queryOf(means.words, ['state', 'queue', 'name', 'limit', 'after'])
    sayPage(means, await means.operate('jobs.list', { query }), lineOf)
  },
  show: async ({ operate, words, terminal }, ids) => {
    const [id] = ids
    if (id === undefined) throw new UsageError('jobs show: an id is needed')
    const job = rowOf(await operate('jobs.read', { id }))
    if (words.values['json'] === true) return say(terminal, JSON.stringify(job))
    for (const [name, value] of Object.entries(job)) say(terminal, `${name.padEnd(12)} ${shown(value)}`)
  },
  retry: (means, ids) => (means.words.values['dead'] === true ? retryDead(means) : each(means, 'retry', ids)),
  cancel: (means, ids) => each(means, 'cancel', ids),
}

async function each(means: Operating, verb: 'retry' | 'cancel', ids: readonly string[]): Promise<void> {
  if (ids.length === 0) throw new UsageError(`jobs ${verb}: an id is needed`)
  for (const id of ids) sayOne(means, rowOf(await means.operate(`jobs.${verb}`, { id })), lineOf)
}

// A job that is tried again is dead no more, so each page is the first one until there is none.
async function retryDead(means: Operating): Promise<void> {
  const query = `state=dead&limit=100&${queryOf(means.words, ['queue', 'name'])}`
  let after = ''
  for (;;) {
    const page = pageOf(await means.operate('jobs.list', { query: `${query}${after}` }))
    const ids = page.data.map((job) => String(job['id']))
    if (ids.length > 0) await each(means, 'retry', ids)
    if (page.next === null) return
    after = `&after=${encodeURIComponent(page.next)}`
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function lineOf({ id, state, name, attempt, attempts, dueAt, error }: Shown): string {
  const [why = ''] = typeof error === 'string' ? error.split('\n') : []
  const columns = [id, String(state).padEnd(9), name, `${String(attempt)}/${String(attempts)}`, dueAt, why]
  return columns.map(String).join(' ').trimEnd()
}
