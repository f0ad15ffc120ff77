// Engine suite: who is woken, and who gets a lock by its name.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { options, write, type EngineTest } from './test_scene.ts'

/** Registers the tests. */
export function wakeTests(test: EngineTest): void {
  aboutTests(test)

  test('a wake reaches whoever listens to its channel, and nobody else', async (engine) => {
    const heard: string[] = []
    const stop = engine.listen('jobs', () => heard.push('jobs'))
    engine.listen('events', () => heard.push('events'))

    engine.wake('jobs')
    await until(() => heard.length > 0)
    stop()
    engine.wake('jobs')
    await sleep(60)

    assert.deepEqual([...new Set(heard)], ['jobs'])
  })

  test('a lock by name is free again when its transaction ends', async (engine) => {
    const first = await write(engine, async (tx) => tx.tryLock('relay'))
    const second = await write(engine, async (tx) => tx.tryLock('relay'))

    assert.deepEqual([first, second], [true, true])
  })

  test('a lock by name is refused at once while another transaction has it', async (engine) => {
    if (!engine.facts.manyProcesses) return // one writer: nobody else is there
    const { promise: held, resolve: hold } = Promise.withResolvers<void>()
    const { promise: end, resolve: release } = Promise.withResolvers<void>()
    const holder = engine.write(options, async (tx) => {
      const got = await tx.tryLock('relay')
      hold()
      await end
      return got
    })
    await held

    const same = await write(engine, async (tx) => tx.tryLock('relay'))
    const other = await write(engine, async (tx) => tx.tryLock('sweep'))
    release()

    assert.deepEqual([await holder, same, other], [true, false, true])
  })
}

function aboutTests(test: EngineTest): void {
  test('a wake tells what it is about; one that does not say may be about anything', async (engine) => {
    const heard: (string | undefined)[] = []
    engine.listen('jobs', (about) => heard.push(about))

    for (const about of ['ann', 'bob', 'ann']) engine.wake('jobs', about)
    await until(() => heard.length >= 2)
    await sleep(60)
    assert.deepEqual(new Set(heard), new Set(['ann', 'bob']))

    engine.wake('jobs', 'cid')
    engine.wake('jobs')
    await until(() => heard.includes(undefined))
    await sleep(60)
    assert.ok(heard.includes(undefined))

    heard.length = 0
    for (let n = 0; n < 300; n++) engine.wake('jobs', `${n}`)
    await until(() => heard.includes(undefined))
    assert.ok(heard.includes(undefined) && heard.length < 10, 'of so many things nobody keeps a list')
  })
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 2_000; waited += 5) await sleep(5)
}
