// What the audit costs a create: not recorded, recorded, and what sealing costs beside it.
// Run: node --conditions=source bench/micro/audit.ts [postgres://…/database]
import { argv, cpuUsage, stdout } from 'node:process'
import { app, integer, resource, signedIn, text } from 'plinth'
import { createLog } from '../../src/base/log.ts'
import { plainAsk } from '../../src/call/ask.ts'
import { audit } from '../../src/features/audit/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import { compare } from './cost.ts'

const fields = { title: text({ max: 80 }), body: text({ max: 1_000 }), rank: integer() }
const notes = resource('notes', { fields, allow: { create: [signedIn] } })
const quiet = resource('quiet', { fields, allow: { create: [signedIn] }, audit: false })

const databaseUrl = argv[2] ?? 'sqlite::memory:'
const server = await openServer(app('bench', { notes, quiet }), {
  config: { ...readConfig({ NODE_ENV: 'test', PLINTH_SECRET: 'the secret of a benchmark of the audit' }), databaseUrl },
  log: createLog({ level: 'silent' }),
})
const { house } = server.house
const caller = { id: '01900000-0000-7000-8000-00000000000a', tenant: null, roles: [], budget: 'bench' }

const create = (noun: string): (() => Promise<unknown>) => {
  const operation = server.model.operations.find(({ id }) => id === `${noun}.create`)!
  const ask = plainAsk({
    operation,
    body: { title: 'A note', body: 'x'.repeat(400), rank: 7 },
    signal: new AbortController().signal,
    origin: { requestId: '01900000-0000-7000-8000-0000000000aa', address: '192.0.2.7', headers: {} },
  })
  return () => server.house.call(operation, ask, caller)
}

await compare([
  { name: 'create, not recorded', call: create('quiet') },
  { name: 'create, recorded', call: create('notes') },
])

const cpu = cpuUsage()
let sealed = 0
for (let done = 1; done > 0; sealed += done) done = (await audit.turn?.({ ...house, services: {} })) ?? 0
const { user, system } = cpuUsage(cpu)
stdout.write(`${'sealing one entry'.padEnd(28)} ${((user + system) / sealed).toFixed(1).padStart(7)} µs CPU\n`)
await server.close()
