// What the tests of the queue share: a house over one engine, and short ways to promise jobs and look at them.
import { ownedClock, type OwnedClock } from '../../base/clock.ts'
import { createLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { createKeyring } from '../../base/seal.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import { type House, storeOf } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { App } from '../../define/app.ts'
import type { Tx } from '../../define/tx.ts'
import { openHouse } from '../../server/house.ts'
import { modelOf } from '../../server/features.ts'
import { selectList } from '../../store/layout.ts'
import { onBothEngines, type ModelScene } from '../../store/suite/test_model.ts'
import { jobs } from './nouns.ts'
import { jobOf, type JobRow } from './row.ts'
import { turn } from './turn.ts'

/** A house for one test, and what it said. */
export interface Queue {
  readonly house: House
  readonly clock: OwnedClock
  readonly lines: string[]
  /** Runs code in a transaction of the app. */
  readonly promise: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Every job, oldest first. */
  readonly all: () => Promise<JobRow[]>
  /** Runs what is due until nothing is; answers how many tries that were. */
  readonly settle: () => Promise<number>
}

/** Registers tests on both engines over an app. */
export function queueTests(
  title: string,
  app: App,
  tests: (it: (what: string, run: (queue: Queue) => Promise<void>) => void) => void,
): void {
  onBothEngines(title, modelOf(app), (it) => {
    tests((what, run) => it(what, (scene) => run(queueOf(scene))))
  })
}

/** The house of a scene. */
export function queueOf({ engine, model }: Pick<ModelScene, 'engine' | 'model'>, seed = 1): Queue {
  const clock = ownedClock('2026-03-01T12:00:00.000Z')
  const random = seededRandom(seed)
  const lines: string[] = []
  const log = createLog({ level: 'info', name: 'test', write: (line) => void lines.push(line), clock })
  const { house } = openHouse({
    model,
    engine,
    clock,
    random,
    keys: createKeyring('x'.repeat(32), [], random),
    log,
    services: {},
  })
  return {
    house,
    clock,
    lines,
    promise: (work) =>
      transact(house, { operation: 'test', caller: noOne, origin: fromInside }, { isolation: 'locked' }, work),
    all: () => everyJob(house),
    settle: async () => {
      let ran = 0
      for (let rounds = 0; rounds < 1_000; rounds++) {
        const done = await turn(house)
        if (done === 0) return ran
        ran += done
      }
      throw new Error('jobs are due again and again')
    },
  }
}

/** Every job of a house, oldest first. */
export async function everyJob(house: House): Promise<JobRow[]> {
  const { layout } = storeOf(house, jobs.name)
  const text = `select ${selectList(layout, house.engine.dialect, 't')} from "${layout.table}" as t order by t."id"`
  return (await house.engine.query({ text, reads: layout.reads }, [])).map((row) => jobOf(house, row))
}
