// Whether what was given out is good now, by a clock that may be set back: a minute must not become hours.
import { tokenLimits } from '../../base/identity_limits.ts'
import type { Row } from '../../define/resource.ts'
import type { artifacts } from './nouns.ts'

/** What lives for minutes. The others end with a session, and go on when the clock was set back, as sessions do. */
const short: ReadonlySet<string> = new Set(['AccessToken', 'ClientCredentials', 'AuthorizationCode'])

/** The times of a row, which hold whoever remembers it. */
export type Times = Pick<Row<typeof artifacts>, 'kind' | 'createdAt' | 'endsAt'>

/**
 * Has it not ended, and, of what lives for minutes, was it made before now, but for what two processes' clocks may
 * differ? One from the future was made before the clock was set back, nobody knows how long ago.
 */
export const isOfNow = ({ kind, createdAt, endsAt }: Times, nowMs: number): boolean =>
  nowMs < endsAt.getTime() && (!short.has(kind) || createdAt.getTime() <= nowMs + tokenLimits.skewMs)
