// One of two modules that need each other: it closes the circle by the other's name.
import { ref, resource, text } from 'plinth'

export const people = resource('people', {
  fields: { name: text({ max: 80 }), boss: ref('people', { optional: true }), team: ref('teams') },
  allow: {},
})
