// The SQLite engine: what the rest of the framework may import of it.
export type { Sync } from './barrier.ts'
export type { SqliteEngine, SqliteFigures } from './engine.ts'
export { exitWithoutClosing } from './fail_stop.ts'
export { openSqlite, type SqliteOptions } from './open.ts'
export { openReadOnly, type ReadOnly } from './read_only.ts'
export type { ForeignAwait } from './writer.ts'
