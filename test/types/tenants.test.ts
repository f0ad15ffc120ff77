// What belongs to a tenant, as the compiler sees it: set by the server, not sent, not shown, and there for code.
import { test } from 'node:test'
import {
  action,
  type Id,
  type Input,
  member,
  type New,
  organizations,
  ref,
  resource,
  role,
  type Row,
  signedIn,
  tenant,
  text,
  type WireRow,
} from 'plinth'
import { holds, idOf, neverRun, type Same } from './same.ts'

const notes = resource('notes', {
  tenant: 'organization',
  fields: { title: text({ max: 80 }) },
  allow: {
    list: [signedIn, tenant],
    update: [member('owner'), member('editor')],
  },
})
type Notes = typeof notes

const shown = resource('shown', {
  tenant: 'organization',
  fields: { organization: ref(organizations, { readonly: true }), title: text({ max: 80 }) },
  allow: { list: [tenant] },
})
type Shown = typeof shown

type Organization = Id<'plinth_organizations'>

test('a tenant that is not declared is a field for code alone', () => {
  holds<Same<Row<Notes>['organization'], Organization>>()
  holds<Same<keyof WireRow<Notes>, 'id' | 'createdAt' | 'updatedAt' | 'title'>>()
  holds<Same<Input<Notes>, { title: string }>>()
  const filled: New<Notes> = { title: 'x' }
  const given: New<Notes> = { title: 'x', organization: idOf<'plinth_organizations'>() }
  // @ts-expect-error A note is no organization.
  const wrong: New<Notes> = { title: 'x', organization: idOf<'notes'>() }
  void [filled, given, wrong]
})

test('one that is declared is shown, and still filled in by the server', () => {
  holds<Same<WireRow<Shown>['organization'], Organization>>()
  holds<Same<Input<Shown>, { title: string }>>()
  const filled: New<Shown> = { title: 'x' }
  void filled
})

test('code knows for which tenant it is called, without a cast', () => {
  action(notes, 'copy', {
    on: 'collection',
    allow: [member('owner'), role('staff')],
    async run({ me, tx }) {
      holds<Same<typeof me.member, string | null>>()
      const of: Organization | null = me.tenant
      const rows = await tx.find(notes, { title: 'x', ...(of !== null && { organization: of }) })
      await tx.acrossTenants().find(notes, { organization: rows[0]!.organization })
      return tx.create(notes, { title: 'y' })
    },
  })
})

test('what belongs together fits together', () => {
  const lines = resource('lines', { tenant: 'organization', fields: { note: ref(notes) }, allow: { list: [tenant] } })
  neverRun(async (tx) => {
    const note = await tx.create(notes, { title: 'x' })
    await tx.create(lines, { note: note.id, organization: note.organization })
    // @ts-expect-error The organization is no note.
    await tx.create(lines, { note: note.organization, organization: note.organization })
  })
})
