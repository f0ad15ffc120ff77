// Mails are promised in a transaction and sent after it: by SMTP, or into the mailbox of development.
import type { House } from '../../call/house.ts'
import type { Work } from '../../call/work.ts'
import { text } from '../../define/index.ts'
import { houseJob, NoMoreTries } from '../jobs/index.ts'
import { type Letter, writeLetter } from './letter.ts'
import { createMail, type Mail, MailFailure, type SendMail } from './mail.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { createMailSender } from './sender.ts'

interface Post {
  readonly send: SendMail
  /** Undefined where mails are really sent. */
  readonly mailbox: Mailbox | undefined
}

const posts = new WeakMap<House, Promise<Post>>()
const purpose = 'mail'

// The sender connects with the first mail, and a mistyped address of the server is known at the start.
function postOf(house: House): Promise<Post> {
  const found = posts.get(house)
  if (found !== undefined) return found
  const opened = openPost(house)
  posts.set(house, opened)
  return opened
}

async function openPost({ services, model, clock }: House): Promise<Post> {
  const { smtp, mailFrom, publicUrl = 'http://localhost' } = services
  if (smtp !== undefined) {
    const address = mailFrom ?? `no-reply@${new URL(publicUrl).hostname}`
    const { send } = await createMailSender({ url: smtp, from: { name: model.name, address } })
    return { send, mailbox: undefined }
  }
  if (services.isDevelopment !== true) return { send: waiting, mailbox: undefined }
  const mailbox = createMailbox(clock)
  return { send: mailbox.send, mailbox }
}

function waiting(): Promise<void> {
  return Promise.reject(new MailFailure('SMTP_URL is not set: the mail waits', false))
}

/** Promises a letter to somebody. What is kept of it until then is sealed: links in it open accounts. */
export function promiseMail(work: Work, to: string, letter: Letter): Promise<string> {
  const { house } = work
  const mail = createMail({ id: house.id(), to, ...writeLetter(letter) })
  const sealed = house.keys.seal(purpose, JSON.stringify(mail), 'letter')
  return house.chain.enqueue(work, sendMail, { sealed }, {})
}

export const sendMail = houseJob('plinth.mail', {
  queue: 'mail',
  input: { sealed: text({ max: 100_000 }) },
  async run({ house, input }) {
    const opened = house.keys.open(purpose, input.sealed, 'letter')
    if (opened === undefined) throw new NoMoreTries('the letter was sealed with a secret that is gone')
    const mail = JSON.parse(opened) as Mail // only `promiseMail` writes what opens with this key
    const { send } = await postOf(house)
    await send(mail).catch((error: unknown) => {
      throw error instanceof MailFailure && error.permanent ? new NoMoreTries(error.message) : error
    })
  },
})

/** The mailbox of development; undefined where mails are sent. */
export const mailboxOf = async (house: House): Promise<Mailbox | undefined> => (await postOf(house)).mailbox

/** Opens what mails are sent by. Fails for an SMTP_URL that is none. */
export async function prepareMail(house: House): Promise<void> {
  await postOf(house)
}
