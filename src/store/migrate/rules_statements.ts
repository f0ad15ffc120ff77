// Rules about statements as such: who may open transactions, set timeouts, change rows, or do what no rule knows.
import { isNew, type Rule } from './rule.ts'

export const statementRules: readonly Rule[] = [
  {
    name: 'backfill-in-batches',
    where: 'shared',
    reason: 'Every row it changes stays locked until all are changed, and the schema’s locks with them.',
    instead: 'Write `-- batch: <table> (<key>)` and `… where … and :batch`: a thousand rows at a time, resumable.',
    finds: ({ plain }, scene) =>
      /^(update|delete from|insert into .* select) /.test(plain) &&
      scene.step.batch === undefined &&
      !isNew(plain, scene),
  },
  {
    name: 'truncate',
    where: 'everywhere',
    reason: 'All rows are lost, with CASCADE those of other tables too.',
    instead: 'Delete in batches what must go.',
    finds: ({ plain }) => plain.startsWith('truncate '),
  },
  {
    name: 'drop-database',
    where: 'everywhere',
    reason: 'Everything is lost.',
    instead: 'Do it by hand, outside migrations.',
    finds: ({ plain }) => /^drop (database|schema) /.test(plain),
  },
  {
    name: 'enum-values',
    where: 'shared',
    reason: 'A value between others, or of another name, changes the order or the meaning of rows that are there.',
    instead: 'Use a choice: text with a check.',
    finds: ({ plain }) => /^alter type .* (add value .* (before|after) |rename value )/.test(plain),
  },
  {
    name: 'rename-schema',
    where: 'shared',
    reason: 'Code of the version before knows the old name only.',
    instead: 'Keep the name.',
    finds: ({ plain }) => /^alter schema .* rename to /.test(plain),
  },
  {
    name: 'transaction-control',
    where: 'everywhere',
    reason: 'A step is one transaction already; ending it would commit half of it, without its entry in the journal.',
    instead: 'Leave it out; what must commit apart is a step of its own.',
    finds: ({ plain }) => /^(begin|start transaction|commit|end|rollback|abort|savepoint|release)\b/.test(plain),
  },
  {
    name: 'timeouts',
    where: 'shared',
    reason: 'Steps wait a second for a lock and try again; without it everybody queues behind the step.',
    instead: 'Leave it out.',
    finds: ({ plain }) => /^(set|reset) (local |session )?"?(lock_timeout|statement_timeout|all)\b/.test(plain),
  },
  {
    name: 'identifier-length',
    where: 'everywhere',
    reason: 'PostgreSQL cuts names after 63 bytes, and two of them may then be one.',
    instead: 'Use a shorter name.',
    finds: ({ plain }) =>
      [...plain.matchAll(/"([^"]+)"|\b[a-z_]\w*\b/g)].some(
        ([whole, quoted]) => Buffer.byteLength(quoted ?? whole) > 63,
      ),
  },
  {
    name: 'detach-partition',
    where: 'shared',
    reason: 'Nobody can read or write the whole table meanwhile.',
    instead: 'Detach it concurrently, in a step with `-- transaction: no`.',
    finds: ({ plain }) => / detach partition /.test(plain) && !plain.endsWith(' concurrently'),
  },
  {
    name: 'raw-sql',
    where: 'everywhere',
    reason: 'No rule knows what it locks or loses.',
    instead: 'Say why it is right: `-- assured: <why>`.',
    finds: ({ plain }) => !known.test(plain),
  },
]

// Every statement the other rules can judge.
const known = new RegExp(
  '^(create table|create (unique )?index|alter (table|index|type|schema|domain)|drop (table|index|database|schema)|' +
    'reindex|truncate|create (type|domain)|comment on|update|delete from|insert into|' +
    'begin|start transaction|commit|end|rollback|abort|savepoint|release|' +
    'set|reset) ?',
)
