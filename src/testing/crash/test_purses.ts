// An app of points in purses, for the tests of crash tests: moved by one action, or by two calls of a careless client.
import { action, app, integer, invariant, resource, role, text } from '../../index.ts'

const staff = role('staff')

export const purses = resource('purses', {
  fields: { name: text({ unique: true }), points: integer({ min: 0, max: 100 }) },
  allow: { list: [staff], read: [staff], create: [staff], update: [staff] },
})

export const move = action(purses, 'move', {
  on: 'collection',
  allow: [staff],
  input: { from: text(), to: text(), points: integer({ min: 1 }) },
  output: 'nothing',
  async run({ input, tx }) {
    const [from] = await tx.find(purses, { name: input.from })
    const [to] = await tx.find(purses, { name: input.to })
    if (from === undefined || to === undefined) return
    await tx.add(purses, from.id, { points: -input.points })
    await tx.add(purses, to.id, { points: input.points })
  },
})

export const nothingIsLost = invariant('there are ten points, or none yet', async ({ tx }) => {
  const all = await tx.find(purses, {})
  const sum = all.reduce((total, { points }) => total + points, 0)
  if (all.length === 2 && sum !== 10) throw new Error(`there are ${sum}`)
})

export default app('purses', { purses, move, nothingIsLost })
