// The order of all events: no gap, no place twice, no effect before its cause, whoever writes and whoever gives places.
import assert from 'node:assert/strict'
import type { House } from '../../call/house.ts'
import type { Stored } from '../../define/field.ts'
import type { Tx } from '../../define/tx.ts'
import { onBothEngines } from '../../store/suite/test_model.ts'
import { sequence } from './sequence.ts'
import { houseWithOutbox, inTx, kept, makePosts, model, posted, type PostId, posts, told } from './test_scene.ts'
import { eventSequence } from './turn.ts'

const settle = async (house: House, most?: number): Promise<number> => {
  let done = 0
  for (;;) {
    const placed = await sequence(house, eventSequence(house), most)
    if (placed === 0) return done
    done += placed
  }
}

/** Emits in a transaction of its own. */
const emit = (house: House, of: PostId, n: number): Promise<void> => inTx(house, (tx) => tx.emit(posted, of, { n }))

onBothEngines('the sequence of events', model, (it) => {
  it('gives committed events places from 1 without a gap, turn after turn', async (scene) => {
    const house = houseWithOutbox(scene)
    const [post] = await makePosts(house, 1)
    for (let n = 1; n <= 7; n++) await emit(house, post!, n)

    assert.equal(await settle(house, 3), 7)
    await emit(house, post!, 8)
    assert.equal(await settle(house), 1)

    const rows = await kept(house)
    assert.deepEqual(
      rows.map((row) => row[0]),
      [1, 2, 3, 4, 5, 6, 7, 8],
    )
    assert.deepEqual(await told(house), [1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('numbers the events of each row from 1', async (scene) => {
    const house = houseWithOutbox(scene)
    const [one, two] = await makePosts(house, 2)
    for (const post of [one!, two!, one!]) await emit(house, post, 0)
    await settle(house, 2)
    await emit(house, one!, 0)
    await settle(house)

    const numbers = (await kept(house)).map(([, number, row]) => [row === one ? 'one' : 'two', number])

    assert.deepEqual(numbers, [
      ['one', 1],
      ['two', 1],
      ['one', 2],
      ['one', 3],
    ])
  })

  it('gives no place to what was rolled back', async (scene) => {
    const house = houseWithOutbox(scene)
    const [post] = await makePosts(house, 1)
    const refused = inTx(house, async (tx) => {
      await tx.emit(posted, post!, { n: 1 })
      throw new Error('no')
    })
    await assert.rejects(refused, /no/)
    await inTx(house, async (tx) => {
      await tx
        .attempt(() => tx.emit(posted, post!, { n: 2 }).then(() => Promise.reject(new Error('no'))))
        .catch(() => {})
      await tx.emit(posted, post!, { n: 3 })
    })

    await settle(house)

    assert.deepEqual(await told(house), [3])
  })

  it('places nothing when what belongs to the places cannot be made', async (scene) => {
    const house = houseWithOutbox(scene)
    const [post] = await makePosts(house, 1)
    await emit(house, post!, 1)
    const order = eventSequence(house)
    const failing = { reads: [], fields: ['number'], values: () => Promise.reject(new Error('no hash')) }

    await assert.rejects(sequence(house, { ...order, fill: failing }), /no hash/)

    assert.deepEqual((await kept(house))[0]?.slice(0, 2), [null, null])
    assert.equal(await settle(house), 1)
    assert.equal((await kept(house))[0]?.[0], 1)
  })

  it('an effect comes after its cause, though its transaction began before', async (scene) => {
    if (!scene.engine.facts.manyProcesses) return // one writer: transactions do not overlap
    const house = houseWithOutbox(scene)
    const [one, two] = await makePosts(house, 2)
    const early = held(house, (tx) => tx.update(posts, two!, { title: 'early' }))
    await early.begun
    await emit(house, one!, 1)
    await early.end((tx) => tx.emit(posted, two!, { n: 2 }))
    // Control: in the order of their transactions' numbers the effect would come first.
    assert.deepEqual(await dataBy(house, 'xmin::text::bigint'), [2, 1])

    await settle(house)

    assert.deepEqual(await told(house), [1, 2])
  })

  it('what commits late gets a later place, so a reader of places misses nothing', async (scene) => {
    if (!scene.engine.facts.manyProcesses) return // one writer: transactions do not overlap
    const house = houseWithOutbox(scene)
    const [one, two] = await makePosts(house, 2)
    const late = held(house, (tx) => tx.emit(posted, one!, { n: 1 }))
    await late.begun
    await emit(house, two!, 2)
    await settle(house)

    const byPlace = await reader(house, 'position')
    const byId = await reader(house, 'id')
    await late.end(async () => {})
    await settle(house)

    assert.deepEqual([...byPlace.seen, ...(await byPlace.more())], [2, 1])
    // Control: a relay that remembers the last id never sees the event whose id was made before.
    assert.deepEqual([...byId.seen, ...(await byId.more())], [2])
  })

  it('many writers and several sequencers give each event one place, in the order of its row', async (scene) => {
    const house = houseWithOutbox(scene)
    const rows = await makePosts(house, 5)
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 20; n++) {
        const row = rows[(writer + n) % rows.length]!
        await inTx(house, async (tx) => {
          const { title } = await tx.lock(posts, row)
          const next = Number(title.replace(/\D/g, '')) + 1
          await tx.update(posts, row, { title: `Post ${next}` })
          await tx.emit(posted, row, { n: next })
        })
      }
    })
    const state = { isOver: false }
    const sequencers = Array.from({ length: 3 }, async () => {
      while (!state.isOver) {
        await sequence(house, eventSequence(house), 7)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    await Promise.all(writers)
    state.isOver = true
    await Promise.all(sequencers)
    await settle(house, 7)

    const found = await kept(house)
    assert.deepEqual(
      found.map(([position]) => position),
      Array.from({ length: 160 }, (_, at) => at + 1),
    )
    for (const row of rows) {
      const own = found.filter(([, , of]) => of === row)
      assert.deepEqual(
        own.map(([, number]) => number),
        own.map((_, at) => at + 1),
      )
      const counted = own.map(([, , , data]) => nOf(data))
      assert.deepEqual(
        counted,
        counted.toSorted((a, b) => a - b),
      )
    }
  })
})

interface Held {
  readonly begun: Promise<void>
  /** Does the rest, and commits. */
  end(rest: (tx: Tx) => Promise<unknown>): Promise<void>
}

/** A transaction that stays open until it is told to end. */
function held(house: House, first: (tx: Tx) => Promise<unknown>): Held {
  const begun = Promise.withResolvers<void>()
  const ending = Promise.withResolvers<(tx: Tx) => Promise<unknown>>()
  const running = inTx(house, async (tx) => {
    await first(tx)
    begun.resolve()
    await (
      await ending.promise
    )(tx)
  })
  running.catch(begun.reject)
  return {
    begun: begun.promise,
    end: (rest) => {
      ending.resolve(rest)
      return running
    },
  }
}

const nOf = (data: Stored | undefined): number => Number(/\d+/.exec(String(data))?.[0])

async function dataBy({ engine }: House, order: string): Promise<number[]> {
  const rows = await engine.query({ text: `select "data" from plinth_events order by ${order}`, reads: ['text'] }, [])
  return rows.map(([data]) => nOf(data))
}

/** A relay as one would write it first: it remembers the last it saw of a column. */
async function reader(
  { engine }: House,
  column: 'id' | 'position',
): Promise<{ seen: number[]; more(): Promise<number[]> }> {
  const read = async (after: Stored): Promise<{ seen: number[]; last: Stored }> => {
    const storage = column === 'id' ? 'uuid' : 'int'
    const text =
      `select "data", "${column}" from plinth_events where "position" is not null ` +
      `and "${column}" > ${engine.dialect.typed(1, storage)} order by "${column}"`
    const rows = await engine.query({ text, reads: ['text', storage] }, [after])
    return { seen: rows.map(([data]) => nOf(data)), last: rows.at(-1)?.[1] ?? after }
  }
  const { seen, last } = await read(column === 'id' ? '00000000-0000-0000-0000-000000000000' : 0)
  return { seen, more: async () => (await read(last)).seen }
}
