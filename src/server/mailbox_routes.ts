// GET /dev/mailbox and /dev/mailbox.json: the mails that development did not send. From this machine only.
import { Problem } from '../base/pure/problem.ts'
import type { House } from '../call/house.ts'
import type { DoorRequest, Route } from '../doors/http/route.ts'
import { type KeptMail, mailboxOf } from '../features/mail/index.ts'

/** The routes, for development. */
export function mailboxRoutes(house: House): Route[] {
  return [
    {
      method: 'GET',
      path: '/dev/mailbox.json',
      name: 'dev.mailbox.json',
      async handle(request) {
        const body = JSON.stringify(await mails(house, request))
        return { status: 200, headers: {}, body, type: 'application/json; charset=utf-8' }
      },
    },
    {
      method: 'GET',
      path: '/dev/mailbox',
      name: 'dev.mailbox',
      produces: ['text/html'],
      async handle(request) {
        const body = page(await mails(house, request))
        return { status: 200, headers: { 'Content-Security-Policy': policy }, body, type: 'text/html; charset=utf-8' }
      },
    },
  ]
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
const here = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

// Behind a proxy, or from another machine, there is no mailbox: the links in it open accounts.
async function mails(house: House, { address, headers }: DoorRequest): Promise<readonly KeptMail[]> {
  const host = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(headers['host'] ?? '')
  const isHere = here.has(address) && host && headers['x-forwarded-for'] === undefined
  const mailbox = isHere ? await mailboxOf(house) : undefined
  if (mailbox === undefined) throw new Problem('not_found', 'There is nothing at this address.')
  return mailbox.list()
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

function page(list: readonly KeptMail[]): string {
  const shown = list.map(({ to, subject, text, at }) => {
    const head = `<h2>${escaped(subject)}</h2><p>To ${escaped(to)} · ${escaped(at)}</p>`
    return `<article>${head}<pre>${escaped(text)}</pre></article>`
  })
  const style = 'body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto}pre{white-space:pre-wrap}'
  const body = shown.length === 0 ? '<p>No mail yet.</p>' : shown.join('\n')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mailbox</title><style>${style}</style>
<h1>Mailbox of development</h1>
${body}</html>`
}
