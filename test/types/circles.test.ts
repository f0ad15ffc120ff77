// Circles: modules that need each other, a resource that names itself, code on a noun that reads the same noun.
import { test } from 'node:test'
import { action, app, compute, derive, integer, ref, resource, type Row, text } from 'plinth'
import { join } from '../../src/define/model.ts'
import type { Id } from '../../src/define/infer.ts'
import { people } from './people.ts'
import { holds, type Same } from './same.ts'
import { teams } from './teams.ts'

test('two modules that need each other are as typed as any, and join', () => {
  holds<Same<Row<typeof people>['team'], Id<'teams'>>>()
  holds<Same<Row<typeof teams>['lead'], Id<'people'> | null>>()
  // @ts-expect-error The name is the target's, not this one's.
  holds<Same<Row<typeof people>['team'], Id<'people'>>>()
  join(app('circle', { people, teams }))
})

test('a resource that names itself has its own ids', () => {
  holds<Same<Row<typeof people>['boss'], Id<'people'> | null>>()
  const [one, other] = [{} as Row<typeof people>, {} as Row<typeof people>]
  one.boss = other.id
  // @ts-expect-error A team is nobody's boss.
  one.boss = other.team
})

test('derive, compute and actions read and write the noun they belong to', () => {
  const bills = resource('bills', {
    fields: {
      number: integer({ derived: true }),
      label: text({ computed: true }),
      before: ref('bills', { optional: true }),
    },
    allow: {},
  })
  derive(bills, {
    async number({ data, tx }) {
      const earlier = data.before === null ? undefined : await tx.get(bills, data.before)
      return (earlier?.number ?? 0) + (await tx.find(bills, {})).length
    },
  })
  compute(bills, { label: ({ row }) => `bill ${row.number}` })
  const repeat = action(bills, 'repeat', {
    allow: [],
    async run({ row, tx }) {
      const next = await tx.create(bills, { before: row.id })
      return tx.update(bills, next.id, { before: null })
    },
  })
  holds<Same<(typeof repeat)['name'], 'repeat'>>()
  void (() => {
    derive(bills, {
      // @ts-expect-error What it answers is the field's value.
      async number({ tx }) {
        return (await tx.find(bills, {}))[0]
      },
    })
  })
})
