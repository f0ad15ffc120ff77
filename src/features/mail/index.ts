// Mail: letters as text and HTML, and who delivers them.
import type { Feature } from '../../call/feature.ts'
import { prepareMail, sendMail } from './send_mail.ts'

export { type Letter, type Part, plainName, writeLetter } from './letter.ts'
export { createMail, type Mail, MailFailure, type SendMail } from './mail.ts'
export { createMailbox, type KeptMail, type Mailbox } from './mailbox.ts'
export { createMailSender, type MailSender, type SenderOptions } from './sender.ts'
export { mailboxOf, promiseMail } from './send_mail.ts'
export { readSmtpUrl } from './smtp_address.ts'

export const mail: Feature = { name: 'mail', parts: { sendMail }, prepare: prepareMail }
