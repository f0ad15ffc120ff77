// How long an event takes to reach a broker that is up: at most a second for 99 of 100, on a machine with nothing else.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../base/clock.ts'
import { onBothEngines } from '../../../store/suite/test_model.ts'
import { anyVersion, inTransaction, openVersion, posted, posts } from '../test_app.ts'
import { start } from '../turn.ts'
import { brokers } from './test_brokers.ts'

const EVENTS = 2_000

for (const [title, open] of Object.entries(brokers)) {
  onBothEngines(`the lag to ${title}`, anyVersion, (it) => {
    it('is at most a second for 99 of 100 events', async (scene, t) => {
      const broker = await open()
      if ('skip' in broker) return t.skip(broker.skip)
      const services = broker.url.startsWith('amqp') ? { amqp: broker.url } : { nats: broker.url }
      const around = { clock: systemClock, services, name: broker.app }
      const house = await openVersion(scene.engine, { posted }, around)
      const runner = await start(house)
      try {
        const rows = await Promise.all(
          Array.from({ length: 20 }, () => inTransaction(house, (tx) => tx.create(posts, { title: 'A post' }))),
        )
        for (let n = 0; n < EVENTS; n++) {
          await inTransaction(house, (tx) => tx.emit(posted, rows[n % rows.length]!.id, { n }))
          await sleep(2)
        }
        for (let waited = 0; broker.received.length < EVENTS && waited < 5_000; waited += 20) await sleep(20)
        const lags = broker.received
          .map(({ body, ms }) => ms - Date.parse(String(body['time'])))
          .toSorted((a, b) => a - b)
        const at = (share: number): number => lags[Math.floor(lags.length * share)] ?? Infinity
        t.diagnostic(`p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${lags.at(-1)} ms`)
        assert.equal(lags.length, EVENTS)
        assert.ok(at(0.99) <= 1_000)
      } finally {
        await runner.stop()
        await broker.drop()
      }
    })
  })
}
