// Rules about columns and tables: what code of the version before still reads, and what writes every row anew.
import { fitted } from './literal.ts'
import { isNew, type Rule, tableIn } from './rule.ts'

/** Changes that take something away from running code, or from the rows. */
export const takingRules: readonly Rule[] = [
  {
    name: 'drop-column',
    where: 'everywhere',
    reason: 'Code of the version before still reads and writes the column, and its values are lost.',
    instead: 'Stop using it first; drop it in a contract file, which waits until no older process is alive.',
    finds: ({ plain }, { step }) =>
      step.phase !== 'contract' &&
      /^alter table .* drop (column )?(?!constraint|not null|default|expression|identity)"?\w/.test(plain) &&
      !/ alter (column )?/.test(plain),
  },
  {
    name: 'drop-table',
    where: 'everywhere',
    reason: 'Code of the version before still uses the table, and its rows are lost.',
    instead: 'Stop using it first; drop it in a contract file, which waits until no older process is alive.',
    finds: ({ plain }, { step, beside }) =>
      step.phase !== 'contract' && plain.startsWith('drop table') && !isMadeAnew(plain, beside),
  },
  {
    name: 'rename-table',
    where: 'everywhere',
    reason: 'Code of the version before knows the old name only.',
    instead: 'Make a table of the new name and move the rows, or keep the name.',
    finds: ({ plain }, { beside }) => /^alter table .* rename to /.test(plain) && !isRebuilt(plain, beside),
  },
  {
    name: 'rename-column',
    where: 'shared',
    reason: 'Code of the version before knows the old name only.',
    instead:
      'Declare the rename with `was`: both names live, a trigger keeps them equal, the old goes in a contract file.',
    finds: ({ plain }) => /^alter table .* rename (column )?(?!to |constraint )"?\w.* to /.test(plain),
  },
  {
    name: 'drop-not-null',
    where: 'shared',
    reason: 'Code of the version before may meet a null where it expects a value.',
    instead: 'Let the version before learn to read null first, and say so: `-- assured: <why>`.',
    finds: ({ plain }) => / drop not null\b/.test(plain),
  },
]

/** Changes that hold everybody up, because every row is read or written under a lock. */
export const rewritingRules: readonly Rule[] = [
  {
    name: 'add-required-column',
    where: 'everywhere',
    reason: 'Rows that are there, and code of the version before, have no value for it.',
    instead: 'Give it a default until the contract file takes it away.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) &&
      /\badd (column )?.* not null\b/.test(plain) &&
      !/ default |\badd constraint |\bgenerated\b/.test(plain),
  },
  {
    name: 'change-type',
    where: 'shared',
    reason:
      'Every row is written anew while nobody can read the table, and code of the version before meets another type.',
    instead: 'Add a column with the new type, keep it filled, and drop the old one in a contract file.',
    finds: ({ plain }) => / alter (column )?\S+ (set data )?type /.test(plain),
  },
  {
    name: 'set-not-null',
    where: 'shared',
    reason: 'Every row is read while nobody can write to the table.',
    instead:
      'Add a check (… is not null) not valid, validate it in its own step, then set not null: it trusts the check.',
    finds: ({ plain }, scene) =>
      / set not null\b/.test(plain) && !scene.proved.has(tableIn(plain)) && !isNew(plain, scene),
  },
  {
    name: 'volatile-default',
    where: 'shared',
    reason: 'A default that differs from row to row makes PostgreSQL write every row while nobody can read the table.',
    instead: 'Add the column without it, set the default, and fill the rows in batches.',
    finds: ({ plain }) =>
      /\badd (column )?.* default .*\w\(/.test(plain) && !/ default \(?(now|current_\w+)\(\)\)?/.test(plain),
  },
  {
    name: 'stored-generated-column',
    where: 'shared',
    reason: 'PostgreSQL computes it for every row while nobody can read the table.',
    instead: 'Add an ordinary column that the application derives, and fill the rows in batches.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) && /\badd (column )?.* generated always as \(.*\) stored/.test(plain),
  },
  {
    name: 'identity-column',
    where: 'shared',
    reason: 'PostgreSQL numbers every row while nobody can read the table.',
    instead: 'Use the id every row has.',
    finds: ({ plain }, scene) =>
      !isNew(plain, scene) && /\badd (column )?.* ((small|big)?serial\b|generated .* as identity)/.test(plain),
  },
]

/** Types that are a trap later. */
export const typeRules: readonly Rule[] = [
  {
    name: 'char-type',
    where: 'everywhere',
    reason: 'char(n) pads with blanks, and comparing ignores them on one side only.',
    instead: 'Use text with a check on its length.',
    finds: ({ plain }) => isColumns(plain) && /\b(char|character)\s?\(\d+\)/.test(plain),
  },
  {
    name: 'small-key',
    where: 'shared',
    reason: 'A key of 32 bits runs out, and making it wider writes every row anew.',
    instead: 'Use uuid or bigint.',
    finds: ({ plain }) =>
      isColumns(plain) && /\b(int|int4|integer|smallint|int2|serial|smallserial)\b[^,]* primary key/.test(plain),
  },
  {
    name: 'timestamp-without-zone',
    where: 'shared',
    reason: 'A time without a zone means another instant in every session.',
    instead: 'Use timestamptz(3).',
    finds: ({ plain }) => isColumns(plain) && /\btimestamp\b(?!\s?(\(\d\) )?with time zone)/.test(plain),
  },
  {
    name: 'json-type',
    where: 'shared',
    reason: 'json has no equality and keeps what it cannot answer for.',
    instead: 'Use jsonb.',
    off: 'Documents are text that Plinth writes itself, checked by a cast: both engines give back the same bytes.',
    finds: ({ plain }) => isColumns(plain) && / json\b/.test(plain),
  },
]

const isColumns = (plain: string): boolean => /^(create table|alter table .* add )/.test(plain)

// A rebuild drops the table it has copied and gives the copy its name; or clears away what an earlier try left.
const isMadeAnew = (plain: string, beside: readonly string[]): boolean => {
  const table = tableIn(plain)
  return (
    table.startsWith('_plinth_next_') ||
    beside.includes(`alter table "${fitted(`_plinth_next_${table}`)}" rename to "${table}"`)
  )
}

const isRebuilt = (plain: string, beside: readonly string[]): boolean =>
  plain.startsWith('alter table "_plinth_next_') && beside.some((other) => other.startsWith('drop table'))
