// A stolen database opens nothing: no text of it is taken as any credential, though each kind was in use.
import assert from 'node:assert/strict'
import { onBothOpened } from './reach.ts'
import { leak, taken, textsOf, useEveryFlow } from './stolen_database.ts'

onBothOpened('no text of any table is taken as a credential; one that lies in clear is', async ({ run, house }) => {
  const held = await useEveryFlow(run)
  const texts = await textsOf(house)

  assert.ok(texts.includes('dora@example.com'), 'the control: the dump holds what is there')
  assert.ok(texts.length > 100, `${texts.length} texts`)
  const clear = Object.entries(held).filter(([, secret]) => texts.some((text) => text.includes(secret)))
  assert.deepEqual(clear, [], 'what clients hold is nowhere in clear')
  assert.deepEqual(await taken(run, texts), [])

  for (const [name, as] of [
    ['refresh', /^refresh/],
    ['reset', /^reset/],
    ['verify', /^verify/],
    ['invite', /^invite/],
    ['pending', /^pending/],
    ['from', /^(?:move|stop)/], // both take it, and are asked at once
    ['key', /^bearer/],
  ] as const) {
    const secret = held[name] ?? ''
    await leak(house, secret)
    // Each refusal above is in the audit by now; of what is new only this is offered.
    const fresh = (await textsOf(house)).filter((text) => text === secret)
    assert.ok(
      (await taken(run, fresh)).some((one) => as.test(one)),
      `the control: ${name} in clear is found`,
    )
  }
})
