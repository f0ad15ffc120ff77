// A broker that cannot be used stops the start with one line that says what to do.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { brokersOf } from './index.ts'

const script = (services: object): string => `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (/^(amqplib|@nats-io)/.test(specifier))
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    },
  })
  const { brokersOf } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
  const opening = brokersOf({ services: ${JSON.stringify(services)}, model: { name: 'shop' } })
  await opening.catch((error) => process.stdout.write(error.message))
`

const said = (services: object): string =>
  String(spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script(services)]).stdout)

test('a broker without its package says in one line what to install', () => {
  assert.equal(
    said({ amqp: 'amqp://app:hush@127.0.0.1:1/' }),
    'AMQP_URL is set, which needs the package "amqplib": npm install amqplib',
  )
  assert.equal(
    said({ nats: 'nats://app:hush@127.0.0.1:1' }),
    'NATS_URL is set, which needs two packages: npm install @nats-io/transport-node @nats-io/jetstream',
  )
})

test('an app that names no broker needs no package', () => {
  assert.equal(said({}), '')
})

test('an address that is none is refused without showing it', async () => {
  const model = { name: 'shop' } as Parameters<typeof brokersOf>[0]['model'] // nothing else of it is asked
  const secret = /^TypeError: (?!.*hush)(AMQP|NATS)_URL is not an address/

  await assert.rejects(brokersOf({ services: { amqp: 'http://app:hush@broker' }, model }), secret)
  await assert.rejects(brokersOf({ services: { nats: 'app:hush@broker' }, model }), secret)
})
