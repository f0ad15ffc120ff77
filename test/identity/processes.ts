// Several servers of one database, and somebody who is known to all of them.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Child, startProcess } from '../keys/processes.ts'
import type { Hearing } from './server_child.ts'
import { password } from './people.ts'

export const startServer = (databaseUrl: string, hearing: Hearing = 'sound'): Promise<Child> =>
  startProcess(databaseUrl, join(import.meta.dirname, 'server_child.ts'), [hearing])

/** What a flow answered, which must have gone well. */
export async function said(child: Child, flow: string, body: unknown, as?: string): Promise<Record<string, unknown>> {
  const reply = await child.ask({ path: `/api/v1/auth/${flow}`, body, as })
  assert.ok(reply !== undefined && reply.status < 300, `${flow}: ${reply?.text}`)
  return reply.json
}

/** The code in the letter, which whichever process sent it keeps; of several letters, the one with a code so begun. */
export async function mailed(children: readonly Child[], email: string, begun = ''): Promise<string> {
  const code = new RegExp(`#token=(${begun}\\w+)`)
  for (let n = 0; n < 100; n++) {
    for (const child of children) {
      const reply = await child.ask({ path: '/dev/mailbox.json' })
      const mails = JSON.parse(reply?.text ?? '[]') as { to: string; text: string }[]
      const found = mails.filter(({ to }) => to === email).map(({ text }) => code.exec(text)?.[1])
      const token = found.find((one) => one !== undefined)
      if (token !== undefined) return token
    }
    await pause(100)
  }
  throw new Error(`no letter for ${email}`)
}

/** Registers and confirms. */
export async function enlist(children: readonly Child[], child: Child, email: string): Promise<void> {
  await said(child, 'register', { email, password })
  await said(child, 'verify', { token: await mailed(children, email) })
}
