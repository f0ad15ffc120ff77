// `plinth start`: runs the app of this folder.
import { exitCodes, run } from '../server/run.ts'
import { type Command, text, textOf } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'

const roles = ['all', 'api', 'worker'] as const

export const start: Command = {
  name: 'start',
  summary: 'run the app',
  help: `plinth start [--role all|api|worker] [--app <file>]

Runs the app until SIGTERM, then drains; SIGINT (Ctrl-C) leaves out the 5 s in which a balancer notices.
  --role api     answers calls, and leaves jobs and events to others
  --role worker  does jobs and events, and answers /health and /ready alone
  --role all     both (the default); on SQLite one process owns the file, so it does both

Configuration comes from the environment:
  DATABASE_URL   sqlite:<path> or postgres://… (default sqlite:./.plinth/app.db)
  PORT, HOST     where to listen (default 3000 on 127.0.0.1)
  PLINTH_SECRET  root of all keys, at least 32 bytes; required in production
  PUBLIC_URL     the address people know
  AMQP_URL       a RabbitMQ that gets every event (needs the package amqplib)
  NATS_URL       a NATS JetStream that gets every event (needs @nats-io/transport-node and @nats-io/jetstream)
  AUDIT_ANCHOR   file or folder for the audit's signed checkpoints (default beside the data), or off
  BACKUP_DIR     SQLite: every change is shipped to this folder; PostgreSQL: where plinth backup puts dumps
  RATE_LIMIT     requests a minute and caller (default 600), or off
  LOG_LEVEL      debug, info, warn, error, silent
Any of them may be given as NAME_FILE=/path.
`,
  options: { app: text, role: text },
  // The life of a process: it is told nothing of the terminal, and says its exit code to the process, when it ends.
  async run(words) {
    const role = roles.find((one) => one === (textOf(words, 'role') ?? 'all'))
    if (role === undefined) throw new UsageError('start: --role is all, api or worker')
    await run(await findApp(textOf(words, 'app')), { role })
    return exitCodes.ok
  },
}
