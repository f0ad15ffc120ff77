// The feature: its nouns and operations, there where an app is a provider. What serves the protocol is loaded apart.
import type { Feature } from '../../call/feature.ts'
import { checkProvider, prepareProvider } from './check.ts'
import { artifacts, clients, consents, grants, registrationTokens } from './nouns.ts'
import { register, rotate } from './register.ts'
import { registrationTokenCreate } from './registration_tokens.ts'
import { startSweeper, sweep } from './sweep.ts'

export const oauth: Feature = {
  name: 'oauth',
  isWanted: ({ options }) => options.provider !== undefined,
  parts: { registrationTokens, registrationTokenCreate, clients, consents, grants, artifacts, register, rotate },
  check: checkProvider,
  prepare: prepareProvider,
  turn: sweep,
  start: startSweeper,
}
