// `plinth events`: how far events have come, and a range of them handed to a handler once more.
import { lag, type Lag, replay, type Replay } from '../features/outbox/index.ts'
import { readConfig } from '../server/config.ts'
import { exitCodes } from '../server/run.ts'
import { openServer, type Server } from '../server/start.ts'
import { type Command, flag, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'
import { say, type Terminal } from './terminal.ts'

export const events: Command = {
  name: 'events',
  summary: 'show how far events have come, or hand some to a handler again',
  help: `plinth events status [--app <file>] [--json]
plinth events replay --handler <name> --from <place|time> --to <place|time> [--app <file>] [--json]

status  the last place given, what waits for one, and how far behind each handler and broker is.
replay  hands the events from one place to another to the handler again, both ends included; or those emitted between
        two times (2026-01-31T12:00:00Z). It promises jobs: workers do them. Events are kept for a week; where some of
        the range are gone, it says how many, and the exit code is 1.
On SQLite, where one process owns the database, the app must not be running.
`,
  options: { app: text, handler: text, from: text, to: text, json: flag },
  async run(words, terminal) {
    const [verb] = words.positionals
    const work = verb === 'status' ? status : verb === 'replay' ? again : undefined
    if (work === undefined) throw new UsageError('events: say status or replay')
    const app = await findApp(textOf(words, 'app'))
    const config = readConfig(terminal.environment)
    const server = await openServer(app, { config, log: terminal.openLog() })
    try {
      return await work(server, words, terminal)
    } finally {
      await server.close()
    }
  },
}

async function status({ house }: Server, { values }: Words, terminal: Terminal): Promise<number> {
  const figures = await lag(house.house)
  if (values['json'] === true) say(terminal, JSON.stringify(figures))
  else showLag(figures, terminal)
  return exitCodes.ok
}

function showLag({ last, unplaced, relays }: Lag, terminal: Terminal): void {
  const behind = (count: number, oldestMs: number): string =>
    count === 0 ? 'nothing waits' : `${count} wait, the oldest for ${(oldestMs / 1_000).toFixed(1)} s`
  say(terminal, `${last} events have their place; without one: ${behind(unplaced.count, unplaced.oldestMs)}`)
  for (const { name, position, count, oldestMs } of relays)
    say(terminal, `${name}: at ${position}, ${behind(count, oldestMs)}`)
}

async function again({ house }: Server, words: Words, terminal: Terminal): Promise<number> {
  const handler = textOf(words, 'handler')
  if (handler === undefined) throw new UsageError('events replay: say --handler <name>')
  const asked = { handler, from: edgeOf(words, 'from'), to: edgeOf(words, 'to') }
  const progress = ({ last, events }: Replay): void => terminal.err(`up to place ${last}: ${events} handed on\n`)
  const done = await replay(house.house, asked, progress)
  if (words.values['json'] === true) say(terminal, JSON.stringify(done))
  else say(terminal, `Handed on: ${done.events}${done.forgotten === 0 ? '' : `; not kept any more: ${done.forgotten}`}`)
  return done.forgotten > 0 ? exitCodes.no : exitCodes.ok
}

function edgeOf(words: Words, name: 'from' | 'to'): number | Date {
  const text = textOf(words, name)
  if (text !== undefined && /^[1-9]\d{0,14}$/.test(text)) return Number(text)
  const time = text === undefined || !/^\d{4}-\d\d-\d\d/.test(text) ? Number.NaN : Date.parse(text)
  if (!Number.isNaN(time)) return new Date(time)
  throw new UsageError(`events replay: --${name} is a place, such as 1200, or a time, such as 2026-01-31T12:00:00Z`)
}
