// The kit applications test with: what `plinth/testing` is.
export { ProblemError, tagOf } from '../client/index.ts'
export type { OwnedClock } from '../base/clock.ts'
export type { Answered, CallerOptions, RawRequest, TestCaller } from './caller.ts'
export { crash, CrashFailure, type CrashOptions, type CrashReport, type CrashRun } from './crash/crash.ts'
export type { LogLine } from './log_lines.ts'
export { member, type Who } from './who.ts'
export { refused } from './refused.ts'
export { type TestApp, testApp, type TestOptions } from './boot.ts'
