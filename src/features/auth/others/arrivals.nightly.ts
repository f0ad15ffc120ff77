// The same two hundred times.
import assert from 'node:assert/strict'
import { onBothEngines } from '../../../store/suite/test_model.ts'
import { believing, claims, houseOf, takes, twins } from './test_arrivals.ts'

const rounds = 200

onBothEngines('An arrival', believing, (it) => {
  it(`is one of ${twins}, ${rounds} times`, async (scene) => {
    const house = houseOf(scene)
    for (let round = 0; round < rounds; round++) assert.deepEqual([await claims(house), await takes(house)], [1, 1])
  })
})
