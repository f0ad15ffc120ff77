// The codes in letters, and the password of everybody.
import assert from 'node:assert/strict'
import type { TestApp } from 'plinth/testing'
import type { App } from 'plinth'

export const password = 'seven wild geese fly north'

/** The code in the newest letter to an address. */
export async function codeIn(run: Pick<TestApp<App>, 'settle' | 'mails'>, address: string): Promise<string> {
  await run.settle()
  const mail = (await run.mails()).find(({ to }) => to === address)
  const code = /#token=(\w+)/.exec(mail?.text ?? '')?.[1]
  assert.ok(code, `no letter with a code for ${address}`)
  return code
}
