// The language: everything an app is written with.
export { action, type Action, type Me } from './action.ts'
export { app, type App, type AppOptions } from './app.ts'
export { compute, derive } from './derive.ts'
export { event, handle, type Event, type Handler, type Told } from './event.ts'
export type { Field, Fields } from './field.ts'
export * from './fields/index.ts'
export type { Id, InputOf, RowOf, Wire, WireOf } from './infer.ts'
export type { StandardSchema } from './input.ts'
export { invariant, type Invariant } from './invariant.ts'
export { job, schedule, type EnqueueOptions, type Job, type JobCall, type Schedule } from './job.ts'
export { all, any, exists, not, type Check, type Predicate, type Where } from './predicate.ts'
export {
  resource,
  type Input,
  type New,
  type Patch,
  type Resource,
  type Row,
  type Verb,
  type WireRow,
} from './resource.ts'
export type { ClientKind, DeclaredClient, ProviderOptions } from './provider.ts'
export { anyone, member, owner, role, signedIn, tenant, type Rule } from './rule.ts'
export { signInWith, type Provider, type SignIn } from './sign_in.ts'
export type { Tx } from './tx.ts'
