// The dev mailbox: mails stay here instead of being sent, so that a newcomer can follow their links.
import type { Clock } from '../../base/clock.ts'
import { mailLimits } from '../../base/limits.ts'
import type { Mail, SendMail } from './mail.ts'

/** A mail as `/dev/mailbox.json` answers it. */
export interface KeptMail extends Omit<Mail, 'id'> {
  /** RFC 3339. */
  readonly at: string
}

export interface Mailbox {
  readonly send: SendMail
  /** Newest first. */
  readonly list: () => readonly KeptMail[]
}

/** Makes a mailbox in memory; of more than 200 mails the oldest go. */
export function createMailbox(clock: Clock, kept: number = mailLimits.mailbox): Mailbox {
  const mails: KeptMail[] = []
  return Object.freeze({
    send: ({ to, subject, text, html }: Mail) => {
      mails.unshift(Object.freeze({ to, subject, text, html, at: clock.now().toISOString() }))
      mails.length = Math.min(mails.length, kept)
      return Promise.resolve()
    },
    list: () => [...mails],
  })
}
