// A process for the crash tests to kill: emits, puts in order, hands on and handles, until it is gone.
import { argv, stdout } from 'node:process'
import { emitForEver, heard, houseFor, openFor, startAll } from './test_crash_app.ts'
import { inTransaction, posts } from './test_app.ts'

const [, , databaseUrl = '', name = '', amqp = '', from = '0'] = argv
const house = await houseFor(await openFor(databaseUrl), name, amqp === '' ? {} : { amqp })
const rows = await inTransaction(house, (tx) => tx.find(posts, {}, { limit: 100 }))
heard.apart = () => void stdout.write('working\n')
await startAll(house)
await emitForEver(
  house,
  rows.map(({ id }) => id),
  Number(from),
)
