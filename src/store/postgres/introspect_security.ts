// What row security is there: flags, privileges, policies and functions, and whether they read as they were made.
import type { Storage } from '../../define/field.ts'
import type { Catalog, Policy, RuleFunction, Table, TableSecurity } from '../catalog.ts'
import type { Rows, Statement } from '../contract.ts'
import { quoted } from '../migrate/literal.ts'
import { findRoles, type Roles } from './roles.ts'
import { type SchemaSession, spell } from './row_security.ts'
import { bodyOf, functionSettings, postgresSecurity } from './security_dialect.ts'

const statement = (reads: readonly Storage[], text: string): Statement => Object.freeze({ text, reads })

/** table, on and for the owner too, what the caller may do, may the system do everything */
const FLAGS = statement(
  ['text', 'bool', 'bool', 'bool', 'bool', 'bool', 'bool'],
  `select c.relname, c.relrowsecurity and c.relforcerowsecurity,
     coalesce(has_table_privilege(k.oid, c.oid, 'select'), false),
     coalesce(has_table_privilege(k.oid, c.oid, 'insert'), false),
     coalesce(has_table_privilege(k.oid, c.oid, 'update'), false),
     coalesce(has_table_privilege(k.oid, c.oid, 'delete'), false),
     coalesce(has_table_privilege(s.oid, c.oid, 'select') and has_table_privilege(s.oid, c.oid, 'insert')
       and has_table_privilege(s.oid, c.oid, 'update') and has_table_privilege(s.oid, c.oid, 'delete'), false)
   from pg_class c
   left join pg_roles k on k.rolname = $1::text
   left join pg_roles s on s.rolname = $2::text
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
)

/** table, name, command, permissive, for the caller alone, the system alone, one of them or everybody, using, check */
const POLICIES = statement(
  ['text', 'text', 'text', 'bool', 'bool', 'bool', 'bool', 'text', 'text'],
  `select c.relname, p.polname, p.polcmd::text, p.polpermissive,
     p.polroles = array[k.oid], p.polroles = array[s.oid],
     p.polroles && array[0, coalesce(k.oid, 0), coalesce(s.oid, 0)]::oid[],
     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
   from pg_policy p
   join pg_class c on c.oid = p.polrelid
   left join pg_roles k on k.rolname = $1::text
   left join pg_roles s on s.rolname = $2::text
   where c.relnamespace = 'public'::regnamespace
   order by c.relname collate "C", p.polname collate "C"`,
)

/** name, types of the parameters, body, does it read as ours do */
const FUNCTIONS = statement(
  ['text', 'text', 'text', 'bool'],
  `select f.proname, oidvectortypes(f.proargtypes), f.prosrc,
     f.prosecdef and l.lanname = '${functionSettings.language}' and f.provolatile = '${functionSettings.volatility}'
     and f.proconfig = array['${functionSettings.config}'] and f.proowner = s.oid
     and not has_function_privilege(0::oid, f.oid, 'execute')
     and has_function_privilege(k.oid, f.oid, 'execute')
   from pg_proc f
   join pg_language l on l.oid = f.prolang
   left join pg_roles k on k.rolname = $1::text
   left join pg_roles s on s.rolname = $2::text
   where f.pronamespace = 'public'::regnamespace and f.proname like 'plinth\\_exists\\_%'
   order by f.proname collate "C"`,
)

/** Policies of which the one there and the one just made read otherwise. */
const ALTERED = statement(
  ['text', 'text'],
  `select c.relname, p.polname
   from pg_policy p
   join pg_class c on c.oid = p.polrelid
   join pg_class d on d.relname = c.relname and d.relnamespace = pg_my_temp_schema()
   join pg_policy q on q.polrelid = d.oid and q.polname = p.polname
   where c.relnamespace = 'public'::regnamespace
     and (p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid),
       pg_get_expr(p.polwithcheck, p.polrelid))
     is distinct from (q.polcmd, q.polpermissive, q.polroles, pg_get_expr(q.polqual, q.polrelid),
       pg_get_expr(q.polwithcheck, q.polrelid))`,
)

/** The catalog with the row security of its tables. `want` names what is compared with how it would be made now. */
export async function withSecurity(session: SchemaSession, have: Catalog, want: Catalog): Promise<Catalog> {
  const roles = await findRoles(session)
  const values = [roles.caller, roles.system]
  const [flags, policies, functions] = [
    await session.all(FLAGS, values),
    await session.all(POLICIES, values),
    await session.all(FUNCTIONS, values),
  ]
  const found = Map.groupBy(policies, ([table]) => table)
  const altered = await alteredPolicies(session, roles, { have, want, there: policies })
  const security = new Map(
    flags.map(([table, forced, ...rest]) => [
      String(table),
      securityOf(forced === true, rest.map(Boolean), policiesOf(found.get(table ?? null) ?? [], altered)),
    ]),
  )
  return {
    tables: have.tables.map((table) => ({ ...table, security: security.get(table.name) ?? nothing })),
    functions: functions.map((row) => functionOf(row.map(String), want)),
  }
}

const nothing: TableSecurity = { forced: false, policies: [], privileges: undefined }
const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

function securityOf(forced: boolean, may: readonly boolean[], policies: readonly Policy[]): TableSecurity {
  const privileges = COMMANDS.filter((_, at) => may[at])
  return { forced, policies, privileges: may[COMMANDS.length] === true ? privileges : undefined }
}

const BY_LETTER: { readonly [letter: string]: Policy['command'] } = {
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
  '*': 'all',
}

// A policy for other roles is nobody's business here, and one that only takes away opens nothing.
function policiesOf(rows: Rows, altered: ReadonlySet<string>): Policy[] {
  return rows.flatMap(([table, name, letter, permissive, forCaller, forSystem, concerns]): Policy[] => {
    const isOurs = /^plinth_(select|insert|update|delete|system)_[0-9a-f]{10}$/.test(String(name))
    const role = forSystem === true ? 'system' : 'caller'
    const policy = { name: String(name), command: BY_LETTER[String(letter)] ?? ('all' as const), role } as const
    if (!isOurs) return concerns === true && permissive === true ? [{ ...policy, foreign: true }] : []
    const isAsMade = (forCaller === true || forSystem === true) && !altered.has(`${String(table)}.${String(name)}`)
    return [isAsMade ? policy : { ...policy, altered: true }]
  })
}

function functionOf([name = '', types = '', body = '', isAsOurs = '']: readonly string[], want: Catalog): RuleFunction {
  const wanted = want.functions?.find((one) => one.name === name)
  if (wanted !== undefined && isAsOurs === 'true' && body === bodyOf(wanted)) return wanted
  const parameters = wanted?.parameters ?? types.split(', ').filter(Boolean).map(storageOf)
  return { name, parameters, condition: '', ...(wanted === undefined ? {} : { altered: true as const }) }
}

const STORAGES: { readonly [type: string]: Storage } = {
  uuid: 'uuid',
  text: 'text',
  bigint: 'int',
  boolean: 'bool',
  date: 'date',
}
const storageOf = (type: string): Storage => STORAGES[type] ?? 'instant'

interface Compared {
  readonly have: Catalog
  readonly want: Catalog
  readonly there: Rows
}

// PostgreSQL keeps the tree of a condition and shows it in its own words, which differ from version to version. So the
// policies that are wanted and there are made once more, on empty tables of the same shape that nobody sees, and what
// is shown of both is compared.
async function alteredPolicies(
  session: SchemaSession,
  roles: Roles,
  { have, want, there }: Compared,
): Promise<ReadonlySet<string>> {
  if (!want.tables.every((table) => hasColumns(have, table))) return new Set() // what is missing is said elsewhere
  const found = new Map(there.map((row) => [`${String(row[0])}.${String(row[1])}`, row]))
  const altered = new Set<string>()
  const twins = want.tables.flatMap(({ name, security }) => {
    const same = security?.policies.filter((policy) => {
      const row = found.get(`${name}.${policy.name}`)
      if (row === undefined || !isPlain(policy)) return row !== undefined
      if (!readsAs(policy, row)) altered.add(`${name}.${policy.name}`)
      return false
    })
    if (same === undefined || same.length === 0) return []
    const make = same.map((policy) => spell(roles, postgresSecurity.createPolicy(name, policy)))
    return [`create temp table ${quoted(name)} (like public.${quoted(name)})`, ...make]
  })
  if (twins.length === 0) return altered
  await session.script(`begin; ${twins.join('; ')}`)
  try {
    const rows = await session.all(ALTERED, [])
    return altered.union(new Set(rows.map(([table, name]) => `${String(table)}.${String(name)}`)))
  } finally {
    await session.script('rollback')
  }
}

// Most tables are the house's, and most of their policies a word that is written down as it is.
const isPlain = ({ using = 'true', check = 'true' }: Policy): boolean =>
  [using, check].every((condition) => condition === 'true' || condition === 'false')

function readsAs({ command, role, using, check }: Policy, row: Rows[number]): boolean {
  const [, , letter, permissive, forCaller, forSystem, , qual, withCheck] = row
  const isFor = role === 'system' ? forSystem : forCaller
  const isSame = qual === (using ?? null) && withCheck === (check ?? null)
  return isSame && isFor === true && permissive === true && BY_LETTER[String(letter)] === command
}

function hasColumns(have: Catalog, { name, columns }: Table): boolean {
  const there = new Set(have.tables.find((table) => table.name === name)?.columns.map((column) => column.name))
  return columns.every((column) => there.has(column.name))
}
