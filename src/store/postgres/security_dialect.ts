// How PostgreSQL writes rules that it keeps itself: settings of the transaction say who asks, policies ask them.
import type { Storage, Stored } from '../../define/field.ts'
import type { Policy, Privilege, RuleFunction } from '../catalog.ts'
import type { Dialect, RowVerb, SecurityDialect } from '../contract.ts'
import { literal, quoted, quotedText } from '../migrate/literal.ts'
import { postgresDialect } from './dialect.ts'

/** The settings that say for whom a statement runs, in the order in which they are bound. */
export const SETTINGS_OF_CALLER = ['plinth.caller', 'plinth.tenant', 'plinth.roles', 'plinth.verb'] as const

const FACTS = { id: 'plinth.caller', tenant: 'plinth.tenant' } as const

const TYPES: { readonly [storage in Storage]: string } = {
  uuid: 'uuid',
  text: 'text',
  int: 'bigint',
  wide: 'bigint',
  bool: 'boolean',
  instant: 'timestamptz',
  date: 'date',
}

// A setting that was once set and is not any more reads as '', not as null. In a select of its own it is read once a
// statement, not once a row.
const setting = (name: string): string => `nullif(current_setting('${name}', true), '')`

const roles = { caller: ':plinth_caller', system: ':plinth_system' } as const

/** Rules as PostgreSQL 13 and later keep them. */
export const postgresSecurity: SecurityDialect = Object.freeze({
  roles,
  constant: (stored: Stored, storage: Storage) => literal(stored, storage, postgresDialect),
  caller: (fact: 'id' | 'tenant', storage: Storage) => `(select ${setting(FACTS[fact])}::${TYPES[storage]})`,
  // Functions have a search path that does not hold the schema of the tables.
  table: (name: string) => `public.${quoted(name)}`,
  parameter: (index: number) => `$${index + 1}`,
  // What has an offset is not turned round: else the planner may read every row that may be seen into a hash first.
  existsOne: (from: string, where: string) => `exists (select 1 from ${from} where ${where} offset 0)`,
  isSignedIn: `(select ${setting('plinth.caller')} is not null)`,
  hasRole: (name: string) => `(select coalesce(${quotedText(name)} = any (${setting('plinth.roles')}::text[]), false))`,
  isVerb: (verb: RowVerb) => `(select current_setting('plinth.verb', true)) = '${verb}'`,
  enable: (table: string, privileges: readonly Privilege[]) => [
    `alter table ${quoted(table)} enable row level security`,
    `alter table ${quoted(table)} force row level security`,
    `grant select, insert, update, delete on ${quoted(table)} to ${roles.system}`,
    ...(privileges.length === 0 ? [] : [`grant ${privileges.join(', ')} on ${quoted(table)} to ${roles.caller}`]),
  ],
  createPolicy: (table: string, { name, command, role, using, check }: Policy) =>
    `create policy ${quoted(name)} on ${quoted(table)} for ${command} to ${roles[role]}` +
    `${using === undefined ? '' : ` using (${using})`}${check === undefined ? '' : ` with check (${check})`}`,
  dropPolicy: (table: string, name: string) => `drop policy if exists ${quoted(name)} on ${quoted(table)}`,
  createFunction,
  dropFunction: (made: RuleFunction) => `drop function if exists ${signatureOf(made)}`,
})

/** How PostgreSQL writes until row security is entered. */
export const openDialect: Dialect = Object.freeze({ ...postgresDialect, security: postgresSecurity })

const signatureOf = ({ name, parameters }: RuleFunction): string =>
  `public.${quoted(name)}(${parameters.map((storage) => TYPES[storage]).join(', ')})`

/** What a function is made of, besides its body: introspection holds what is there to it. */
export const functionSettings = { language: 'plpgsql', volatility: 's', config: 'search_path=pg_catalog, pg_temp' }

/** The body of a function. */
export const bodyOf = ({ condition }: RuleFunction): string => `begin return ${condition}; end`

// It runs as the system, which sees all rows by a policy and gets around none. Whoever is given a function must be
// allowed to create one in its schema: for as long as that takes.
function createFunction(made: RuleFunction): string[] {
  const signature = signatureOf(made)
  return [
    `create or replace function ${signature} returns boolean language plpgsql stable security definer ` +
      `set search_path = pg_catalog, pg_temp as ${quotedText(bodyOf(made))}`,
    `revoke all on function ${signature} from public`,
    `grant execute on function ${signature} to ${roles.caller}, ${roles.system}`,
    `grant create on schema public to ${roles.system}`,
    `alter function ${signature} owner to ${roles.system}`,
    `revoke create on schema public from ${roles.system}`,
  ]
}
