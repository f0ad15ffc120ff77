// A form as it comes back: from our own page, in the browser that was shown it, each field once.
import { Problem } from '../../base/pure/problem.ts'
import type { House } from '../../call/house.ts'
import { issuerOf } from '../../features/oauth/index.ts'
import type { DoorRequest } from '../http/route.ts'

const purpose = 'oauth form'

/** The code of the forms of one sign-in. */
export const formCode = ({ keys }: House, uid: string): string => keys.mac(purpose, uid)

/** The fields. Fails with forbidden for a form of another site, with malformed for one that is none of ours. */
export function readForm(house: House, { headers, body }: DoorRequest, uid: string): ReadonlyMap<string, string> {
  refuseOtherSites(house, headers)
  const fields = new URLSearchParams(Buffer.from(body instanceof Uint8Array ? body : []).toString('utf8'))
  const read = new Map(fields)
  if (read.size !== fields.size) throw new Problem('malformed', 'A field of the form came twice.')
  if (!house.keys.isMac(purpose, uid, read.get('form') ?? '')) throw strange()
  return read
}

// Fetch Metadata, and the Origin where a browser does not send it (OWASP CSRF prevention).
function refuseOtherSites(house: House, headers: DoorRequest['headers']): void {
  const site = headers['sec-fetch-site']
  const { origin } = headers
  if (site !== undefined && site !== 'same-origin') throw strange()
  if (origin !== undefined && origin !== new URL(issuerOf(house)).origin) throw strange()
}

const strange = (): Problem => new Problem('forbidden', 'This form is not one that this sign-in showed.')
