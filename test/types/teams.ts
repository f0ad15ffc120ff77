// The other of the two: it names the first by its noun.
import { ref, resource, text } from 'plinth'
import { people } from './people.ts'

export const teams = resource('teams', {
  fields: { title: text({ max: 80 }), lead: ref(people, { optional: true }) },
  allow: {},
})
