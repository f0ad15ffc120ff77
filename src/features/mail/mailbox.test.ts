// The dev mailbox shows what was sent, newest first, and does not grow for ever.
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { ownedClock } from '../../base/clock.ts'
import { createMail } from './mail.ts'
import { createMailbox } from './mailbox.ts'

const mailOf = (subject: string) => createMail({ id: subject, to: 'a@example.com', subject, text: 't', html: 'h' })

test('mails are listed newest first, with their time', async () => {
  const clock = ownedClock('2026-11-01T12:00:00Z')
  const { send, list } = createMailbox(clock)
  await send(mailOf('one'))
  clock.advance(1_000)
  await send(mailOf('two'))

  deepEqual(list(), [
    { to: 'a@example.com', subject: 'two', text: 't', html: 'h', at: '2026-11-01T12:00:01.000Z' },
    { to: 'a@example.com', subject: 'one', text: 't', html: 'h', at: '2026-11-01T12:00:00.000Z' },
  ])
})

test('the oldest go when it is full', async () => {
  const { send, list } = createMailbox(ownedClock('2026-11-01T12:00:00Z'), 2)
  for (const subject of ['one', 'two', 'three']) await send(mailOf(subject))

  deepEqual(
    list().map(({ subject }) => subject),
    ['three', 'two'],
  )
  equal(list().length, 2)
})
