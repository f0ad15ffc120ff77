// The public door: the language an app is written with, and the way to run it.
export { ensure, Problem, problem, problemKind, type FieldError, type ProblemKind } from './base/pure/problem.ts'
export * from './base/pure/money.ts'
export * from './define/index.ts'
export { members, organizations } from './features/accounts/index.ts'
export { run, type Progress, type RunOptions } from './server/run.ts'
export type { OpenCall } from './server/custom_routes.ts'
export type { Operator } from './server/operator.ts'
