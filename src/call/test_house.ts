// A house over one engine for the tests of this folder: an owned clock, seeded ids, and the verbs of a transaction.
import { ownedClock } from '../base/clock.ts'
import { createIds } from '../base/id.ts'
import { createLog } from '../base/log.ts'
import { seededRandom } from '../base/random.ts'
import { createKeyring } from '../base/seal.ts'
import type { Tx } from '../define/tx.ts'
import type { ModelScene } from '../store/suite/test_model.ts'
import type { House } from './house.ts'
import { noOne } from './caller.ts'
import { fromInside } from './deed.ts'
import { transact } from './transact.ts'

/** The time at which every transaction of these tests runs. */
export const testNow = new Date('2026-03-01T12:00:00.000Z')

/** The house of a scene; nothing is sealed in it. */
export function houseOf({ engine, model, store }: ModelScene): House {
  const clock = ownedClock(testNow.toISOString())
  const random = seededRandom(1)
  const plain = (_purpose: string, text: string): string => text
  return {
    model,
    engine,
    stores: new Map([...model.nouns.keys()].map((name) => [name, store(name)])),
    clock,
    random,
    id: createIds(clock, random),
    keys: createKeyring('the secret of a house in tests, 32+ bytes'),
    cursors: { seal: (text) => text, open: (sealed) => sealed },
    sealing: { seal: plain, open: plain },
    chain: { emit: refuse, enqueue: refuse, record: () => {} },
    services: {},
    log: createLog({ level: 'error', write: () => {}, name: 'test' }),
  }
}

function refuse(): never {
  throw new TypeError('these tests promise nothing')
}

/** Runs work with the verbs of one transaction, as nobody's action would. */
export function inTransaction<T>(scene: ModelScene, work: (tx: Tx) => Promise<T>): Promise<T> {
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  return transact(houseOf(scene), deed, { isolation: 'locked' }, work)
}
