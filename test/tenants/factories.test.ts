// The kit of tests knows tenants: rows are made whole inside one, and callers act for one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { member, organizations } from 'plinth'
import { refused, testApp } from 'plinth/testing'
import { boards, notes, openStudio } from './studio.ts'
import workshop, { boards as ofWorkshop, plans } from './workshop.ts'

test('a row and all it refers to are of one tenant: new, given, or that of what it is given', async () => {
  await using run = await openStudio()

  const note = await run.make(notes)
  const board = await run.make(boards)
  const beside = await run.make(notes, { board: board.id })
  const given = await run.make(notes, { organization: board.organization })

  assert.notEqual(note.organization, board.organization)
  assert.deepEqual([beside.organization, given.organization], [board.organization, board.organization])
})

test('items refer to rows of the same tenant', async () => {
  await using run = await testApp(workshop)
  const board = await run.make(ofWorkshop)

  const plan = await run.make(plans, { of: board.organization, steps: [{ board: board.id, what: 'first' }] })

  assert.equal(plan.of, board.organization)
})

test('callers act for a tenant, with a role in it', async () => {
  await using run = await openStudio()
  const { id } = await run.make(organizations, { name: 'Wonder' })
  const other = await run.make(organizations)
  const [owner, editor] = [run.as(member('owner'), { tenant: id }), run.as(member('editor'), { tenant: id })]
  const stranger = run.as(member('owner'), { tenant: other.id })
  const made = await run.make(boards, { organization: id })

  assert.equal((await editor.boards.update(made.id, { size: 3 })).size, 3)
  await refused(editor.boards.delete(made.id), 'forbidden')
  await refused(stranger.boards.get(made.id), 'not_found')
  await owner.boards.delete(made.id)
})
