// The brokers that the configuration names.
import { eventLimits } from '../../../base/limits.ts'
import type { House } from '../../../call/house.ts'
import type { Broker } from './broker.ts'
import { natsBroker } from './nats.ts'
import { rabbitBroker } from './rabbitmq.ts'

/** Opens none yet. Fails with TypeError, in one line, for a missing package or an address that is none. */
export async function brokersOf({ services, model }: Pick<House, 'services' | 'model'>): Promise<Broker[]> {
  const patience = { connectMs: eventLimits.brokerConnectMs, confirmMs: eventLimits.brokerConfirmMs }
  const { amqp, nats } = services
  const app = model.name
  return [
    ...(amqp === undefined ? [] : [await rabbitBroker({ url: amqp, app, patience })]),
    ...(nats === undefined ? [] : [await natsBroker({ url: nats, app, patience })]),
  ]
}
