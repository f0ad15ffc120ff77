// The club on an engine that a test can look into: its tables, its audit, beside what everybody reaches over HTTP.
import { test, type TestContext } from 'node:test'
import type { House } from '../../src/call/house.ts'
import { mailboxOf } from '../../src/features/mail/index.ts'
import { settle } from '../../src/testing/settle.ts'
import { openSurface, type ServeOptions, type Surface, tokenOf } from '../surface/test_server.ts'
import { club, type Reach } from './people.ts'

export interface Opened {
  readonly run: Reach
  readonly house: House
  readonly surface: Surface
}

/** The token of somebody with the role, who has no account. */
export const roleToken = (role: string): string => tokenOf(role, '01900000-0000-7000-8000-0000000000ff')

interface OpenOptions extends Pick<ServeOptions, 'realHashes'> {
  /** Where not on both. */
  readonly engines?: readonly ('sqlite' | 'postgres')[]
}

/** Declares a test on each engine; where one is missing it is skipped, and says so. */
export function onBothOpened(
  title: string,
  use: (opened: Opened, t: TestContext) => Promise<void>,
  { engines = ['sqlite', 'postgres'], ...options }: OpenOptions = {},
): void {
  for (const engine of engines)
    void test(`${title}, ${engine}`, async (t) => {
      const surface = await openSurface(club, engine, undefined, options)
      if ('skip' in surface) {
        t.skip(surface.skip)
        return
      }
      try {
        await use({ run: reachOf(surface), house: surface.server.house.house, surface }, t)
      } finally {
        await surface.close()
      }
    })
}

export function reachOf(surface: Surface): Reach {
  const { house } = surface.server.house
  return {
    clock: surface.clock,
    settle: () => settle(house),
    mails: async () => (await mailboxOf(house))?.list() ?? [],
    anonymous: {
      async request(method, url, { body, headers = {} } = {}) {
        const said = await surface.ask({ method, url, headers, body })
        const isJson = /json/.test(said.headers['content-type'] ?? '')
        const { status, text } = said
        return { status, text, headers: new Headers(said.headers), body: isJson ? said.json : undefined }
      },
    },
  }
}
