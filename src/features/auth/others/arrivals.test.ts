// A state is claimed once and a code taken once, however many bring it.
import assert from 'node:assert/strict'
import { onBothEngines } from '../../../store/suite/test_model.ts'
import { believing, claims, houseOf, takes, takesApart, twins } from './test_arrivals.ts'

onBothEngines('An arrival', believing, (it) => {
  it(`has a state that one of ${twins} claims`, async (scene) => {
    assert.equal(await claims(houseOf(scene)), 1)
  })

  it(`has a code that one of ${twins} takes; taken apart, more`, async (scene) => {
    const house = houseOf(scene)

    assert.ok((await takesApart(house)) > 1, 'the control: the fault shows')
    assert.equal(await takes(house), 1)
  })
})
