// The features of the house, in the order of their layers. What is not in this list does not exist.
import type { Feature } from '../call/feature.ts'
import type { App } from '../define/app.ts'
import { join, type Model } from '../define/model.ts'
import { accountNouns } from '../features/accounts/index.ts'
import { audit } from '../features/audit/index.ts'
import { auth, signInWithOthers } from '../features/auth/index.ts'
import { idempotency } from '../features/idempotency/index.ts'
import { jobs } from '../features/jobs/index.ts'
import { mail } from '../features/mail/index.ts'
import { oauth } from '../features/oauth/feature.ts'
import { organizations } from '../features/organizations/index.ts'
import { outbox } from '../features/outbox/index.ts'

const identity = [auth, signInWithOthers, organizations, oauth]
const all: readonly Feature[] = [accountNouns, jobs, outbox, mail, audit, idempotency, ...identity]

/** Those that an app has. */
export const featuresOf = (app: App): readonly Feature[] => all.filter(({ isWanted }) => isWanted?.(app) ?? true)

/** The model of an app with all that the house brings. Fails as `join` does. */
export function modelOf(app: App): Model {
  const features = featuresOf(app)
  const own = features.flatMap(({ name, parts = {} }) => Object.entries(parts).map(prefixed(name)))
  const model = join(app, Object.fromEntries(own))
  for (const { check } of features) check?.(model)
  return model
}

// Features may call their parts alike; nobody looks at these names.
const prefixed =
  (feature: string) =>
  ([name, part]: [string, unknown]): [string, unknown] => [`${feature} ${name}`, part]
