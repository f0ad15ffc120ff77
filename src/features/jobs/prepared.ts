// The queue's statements for one house, each made when it is first needed.
import { jobLimits } from '../../base/limits.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { Rows, Session } from '../../store/contract.ts'
import { padded } from '../../store/row_store.ts'
import { type Prepared, Shapes } from '../../store/sql.ts'
import { type Insert, insert, insertUnlessHeld } from './insert.ts'
import { workers } from './nouns.ts'
import { layoutOf } from './row.ts'
import * as make from './statements.ts'

type Run<T> = (session: Session, input: T) => Rows | Promise<Rows>

export interface Statements {
  readonly insert: Run<Insert>
  readonly insertUnlessHeld: Run<Insert>
  readonly waiting: Run<make.Waiting>
  readonly lend: Run<make.Lend>
  readonly follow: Run<make.Ids>
  readonly hold: Run<make.Ids>
  readonly letGo: Run<string>
  readonly promote: Run<make.Due>
  readonly forget: Run<make.Forget>
  readonly end: Run<make.End>
  readonly giveBack: Run<make.GiveBack>
  readonly stillLent: Run<make.Lent>
}

const made = new WeakMap<House, Statements>()

/** The statements of a house. */
export function statementsOf(house: House): Statements {
  const found = made.get(house)
  if (found !== undefined) return found
  const { dialect } = house.engine
  const layout = layoutOf(house)
  const ids = ({ ids: all }: make.Ids): number => all.length
  const statements: Statements = {
    insert: exactly(
      ({ jobs }) => jobs.length,
      (count) => insert(dialect, layout, count),
    ),
    insertUnlessHeld: exactly(
      ({ jobs }) => jobs.length,
      (count) => insertUnlessHeld(dialect, layout, count),
    ),
    waiting: runOf(make.waiting(dialect, layout)),
    lend: runOf(make.lend(dialect, layout, storeOf(house, workers.name).layout)),
    follow: bySize(ids, (count) => make.follow(dialect, layout, count)),
    hold: bySize(ids, (count) => make.hold(dialect, layout, count)),
    letGo: runOf(make.letGo(dialect, layout)),
    promote: runOf(make.promote(dialect, layout)),
    forget: runOf(make.forget(dialect, layout)),
    end: bySize(
      ({ lent }) => lent.length,
      (count) => make.end(dialect, layout, count),
    ),
    giveBack: runOf(make.giveBack(dialect, layout)),
    stillLent: runOf(make.stillLent(dialect, layout)),
  }
  made.set(house, statements)
  return statements
}

const runOf =
  <T>(prepared: Prepared<T>): Run<T> =>
  (session, input) =>
    session.all(prepared.statement, prepared.values(input))

// Lists are padded to a few sizes, so that statements are few.
const bySize = <T>(sizeOf: (input: T) => number, one: (count: number) => Prepared<T>): Run<T> =>
  exactly((input) => padded(sizeOf(input)), one)

function exactly<T>(sizeOf: (input: T) => number, one: (count: number) => Prepared<T>): Run<T> {
  const shapes = new Shapes<Run<T>>(jobLimits.batch)
  return (session, input) => {
    const count = sizeOf(input)
    return shapes.get(String(count), () => runOf(one(count)))(session, input)
  }
}
