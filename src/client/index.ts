// The typed client: what `plinth/client` is. Runs in a browser.
export type { Client, Rows } from './client.ts'
export { connect } from './connect.ts'
export type { Answered, Asked, Connection, Fetch } from './send.ts'
export type { HistoryLine, HistoryQuery } from './history.ts'
export type { Acting, Changing } from './options.ts'
export { ProblemError } from './problem_error.ts'
export type { Condition, ListQuery, Page, ReadQuery, Where } from './query.ts'
export { tagOf } from './tag.ts'
