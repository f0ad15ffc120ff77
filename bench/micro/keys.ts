// What keys cost a call: one without a key beside the same without the steps of a key, one with a key, one replayed.
// Run: node --conditions=source bench/micro/keys.ts [postgres://…/database]
import { plainAsk } from '../../src/call/ask.ts'
import { argv } from 'node:process'
import { createHash } from 'node:crypto'
import { app, integer, resource, signedIn, text } from 'plinth'
import { createLog } from '../../src/base/log.ts'
import type { Answer, Ask } from '../../src/call/call.ts'
import type { Keyed, Sent } from '../../src/call/keyed.ts'
import { type Compiled, walk } from '../../src/call/walk.ts'
import { remember, replay } from '../../src/features/idempotency/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { compile } from '../../src/server/pipeline.ts'
import { openServer } from '../../src/server/start.ts'
import { compare, type Measured } from './cost.ts'

const notes = resource('notes', {
  fields: { title: text({ max: 80 }), body: text({ max: 1_000 }), rank: integer() },
  allow: { create: [signedIn] },
})

const databaseUrl = argv[2] ?? 'sqlite::memory:'
const server = await openServer(app('bench', { notes }), {
  config: { ...readConfig({ NODE_ENV: 'test', PLINTH_SECRET: 'the secret of a benchmark of keys' }), databaseUrl },
  log: createLog({ level: 'silent' }),
})
const { house } = server.house
const operation = server.model.operations.find(({ id }) => id === 'notes.create')!
const caller = { id: '01900000-0000-7000-8000-00000000000a', tenant: null, roles: [], budget: 'bench' }

const full = compile(operation)
const isOfKeys = (step: unknown): boolean => step === replay || step === remember
const bare: Compiled = { ...full, inside: full.inside.filter((step) => !isOfKeys(step)) }

const body = { title: 'A note', body: 'x'.repeat(400), rank: 7 }
const encode = (outcome: Answer | Error): Sent => {
  const value = 'value' in outcome ? outcome.value : null
  return { status: 201, headers: { Location: '/api/v1/notes' }, body: JSON.stringify(value), type: 'application/json' }
}
const keyedBy = (key: string): Keyed => {
  const hash = createHash('sha256').update(key).digest('base64url')
  return { key, hash, fingerprint: hash, encode }
}
const ask = (keyed: Keyed | undefined): Ask =>
  plainAsk({
    operation,
    body,
    signal: new AbortController().signal,
    origin: { requestId: '', address: '', headers: {} },
    keyed,
  })

const count = { keys: 0 }
const systems: readonly Measured[] = [
  { name: 'without the steps of a key', call: () => walk(house, bare, ask(undefined), caller) },
  { name: 'without a key', call: () => walk(house, full, ask(undefined), caller) },
  { name: 'with a new key', call: () => walk(house, full, ask(keyedBy(`key ${count.keys++}`)), caller) },
  { name: 'replayed', call: (n) => walk(house, full, ask(keyedBy(`key ${n % 100}`)), caller) },
]

await compare(systems)
await server.close()
