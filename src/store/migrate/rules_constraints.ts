// Rules about constraints and indexes: made at once they hold writers up while every row is read, in two steps not.
import { isNew, type Rule } from './rule.ts'

export const constraintRules: readonly Rule[] = [
  {
    name: 'add-foreign-key',
    where: 'shared',
    reason: 'Every row is looked up while nobody can write to either table.',
    instead: 'Add it not valid, and validate it in a step of its own.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) &&
      (/\badd (constraint \S+ )?foreign key /.test(plain) ? !isLater(plain) : addsReference(plain)),
  },
  {
    name: 'add-check',
    where: 'shared',
    reason: 'Every row is read while nobody can write to the table.',
    instead: 'Add it not valid, and validate it in a step of its own.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) && /\badd (constraint \S+ )?check\s?\(/.test(plain) && !isLater(plain),
  },
  {
    name: 'validate-together',
    where: 'shared',
    reason: 'The lock of adding it is held until the commit, so the rows are read while nobody can write after all.',
    instead: 'Validate it in a step of its own.',
    finds: ({ plain }, { step, beside }) =>
      step.transaction && plain.includes(' validate constraint ') && beside.some(isLater),
  },
  {
    name: 'add-unique-constraint',
    where: 'shared',
    reason: 'Its index is built while nobody can write to the table.',
    instead: 'Create a unique index concurrently; it refuses the same rows.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) &&
      /^alter table .*\badd (constraint \S+ )?(unique|primary key)\b/.test(plain) &&
      !plain.includes(' using index '),
  },
  {
    name: 'exclusion-constraint',
    where: 'shared',
    reason: 'Its index is built while nobody can read or write the table, and there is no way beside it.',
    instead: 'Make it with its table.',
    finds: ({ plain }, scene) => !isNew(plain, scene) && /^alter table .*\badd (constraint \S+ )?exclude\b/.test(plain),
  },
  {
    name: 'domain-constraint',
    where: 'shared',
    reason: 'To change it later, every table that uses the domain is read under a lock.',
    instead: 'Put the check on the column.',
    finds: ({ plain }) =>
      /^create domain .* check\b/.test(plain) || /^alter domain .* (add|set not null)\b/.test(plain),
  },
]

export const indexRules: readonly Rule[] = [
  {
    name: 'index-concurrently',
    where: 'shared',
    reason: 'Nobody can write to the table while the index is built.',
    instead: 'Create it concurrently, in a step with `-- transaction: no`.',
    finds: ({ plain }, scene) => /^create (unique )?index /.test(plain) && !isConcurrent(plain) && !isNew(plain, scene),
  },
  {
    name: 'drop-index-concurrently',
    where: 'shared',
    reason: 'It waits for every reader of the table, and everybody waits behind it.',
    instead: 'Drop it concurrently, in a step with `-- transaction: no`.',
    finds: ({ plain }) => plain.startsWith('drop index ') && !isConcurrent(plain),
  },
  {
    name: 'reindex-concurrently',
    where: 'shared',
    reason: 'Nobody can write to the table while the index is built anew.',
    instead: 'Reindex concurrently, in a step with `-- transaction: no`.',
    finds: ({ plain }) => plain.startsWith('reindex ') && !isConcurrent(plain),
  },
  {
    name: 'concurrently-in-transaction',
    where: 'shared',
    reason: 'PostgreSQL refuses it inside a transaction.',
    instead: 'Say `-- transaction: no` for the step.',
    finds: ({ plain }, { step }) => isConcurrent(plain) && step.transaction,
  },
  {
    name: 'wide-index',
    where: 'everywhere',
    reason: 'An index of more than three columns is rarely used beyond the third.',
    instead: 'Leave the last columns out.',
    off: 'The index of a page is tenant, the column of the rule, the sort and the id: four by design.',
    finds: ({ plain }) => /^create index .*\(([^,)]+,){3,}[^,)]+\)$/.test(plain),
  },
]

const isLater = (plain: string): boolean => /\bnot valid$/.test(plain)
const isConcurrent = (plain: string): boolean =>
  /^(create|drop|reindex|alter table .* detach partition) ?.*\bconcurrently\b/.test(plain)
const addsReference = (plain: string): boolean =>
  /^alter table .*\badd (column )?(?!constraint).* references /.test(plain)
