// A mail that is ready to be sent: one recipient, a subject of one line, and a body as text and as HTML.
import { mailLimits } from '../../base/limits.ts'
import { codePoints } from '../../base/pure/text.ts'
import { isAddress } from '../../define/fields/email.ts'

/** A mail. Plain data, so that an outbox can keep it until it is sent. */
export interface Mail {
  /** Becomes the Message-ID, so that a mail sent twice by a crash is shown once. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Hands a mail to whoever delivers it. Fails with MailFailure. */
export type SendMail = (mail: Mail) => Promise<void>

/** A mail that was not delivered. `permanent` says that trying again will not help. The message holds no secret. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure'
  readonly permanent: boolean

  constructor(message: string, permanent: boolean) {
    super(message)
    this.permanent = permanent
  }
}

/**
 * Makes a mail of what may come from strangers: the subject becomes one line, and what no mail can hold is left out.
 * Fails with TypeError for a recipient that is not one plain address.
 */
export function createMail(mail: Mail): Mail {
  if (!isAddress(mail.to)) throw new TypeError('a mail has one recipient, written as name@example.com')
  return Object.freeze({
    id: mail.id,
    to: mail.to,
    subject: oneLine(mail.subject, mailLimits.subjectChars),
    text: plain(mail.text),
    html: plain(mail.html),
  })
}

/**
 * A text on one line, cut to so many code points. Line breaks and other control characters become spaces. Marks that
 * turn the direction of writing go, since they make a name look like another; so does the beginning of an encoded word
 * (RFC 2047), which a mail program would decode into what was taken out here.
 */
export function oneLine(text: string, max: number): string {
  const line = text
    .toWellFormed()
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('=?', '= ?')
    .trim()
  if (codePoints(line) <= max) return line
  const cut = Array.from(line).slice(0, max - 1)
  return `${cut.join('')}…`
}

// SMTP knows no NUL, and a carriage return alone has ended more than one line.
const plain = (text: string): string => text.toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\0', '')
