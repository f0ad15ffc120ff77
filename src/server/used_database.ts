// Databases that several tests use one after the other: the tables stay, the rows go, and what was altered is dropped.
import { createHash } from 'node:crypto'
import type { App } from '../define/app.ts'
import type { Catalog } from '../store/catalog.ts'
import { createStatements, prepareSchema } from '../store/migrate/index.ts'
import { wantedTables } from '../store/policies.ts'
import { postgresFacts } from '../store/postgres/dialect.ts'
import { openDialect } from '../store/postgres/security_dialect.ts'
import { type DatabaseServer, ServerSession } from './database_server.ts'
import { dropDatabase, nameInRun } from './database_runs.ts'
import { modelOf } from './features.ts'

// Making a database and its tables costs a second; emptying them a fiftieth of it.

/**
 * Takes a database with the tables of the app and no rows: one that somebody gave back, or a new one. `make` makes an
 * empty database of a name.
 */
export async function takeDatabase(
  server: DatabaseServer,
  app: App,
  make: (name: string) => Promise<void>,
): Promise<string> {
  const want = wantedTables(modelOf(app), openDialect, { rowSecurity: true })
  const prefix = nameInRun(`${keyOf(want)}_`)
  for (const name of await described(server, prefix)) {
    if (!(await lock(server, name))) continue
    if (await emptied(server, name)) return name
    await dropDatabase(server, name)
    await unlock(server, name)
  }
  const name = `${prefix}${process.pid}_${numbers.next().value}`
  await lock(server, name)
  await make(name)
  await makeTables(server, name, want)
  return name
}

/** Lets others have it. Sessions that are still open are ended; the rows go when it is taken again. */
export async function giveBack(server: DatabaseServer, name: string): Promise<void> {
  await server.ask('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  await unlock(server, name)
}

const numbers = (function* counter() {
  for (let n = 1; ; n += 1) yield n
})()

const keyOf = (want: Catalog): string =>
  createHash('sha256')
    .update(createStatements(want, openDialect, postgresFacts).join(';'))
    .digest('hex')
    .slice(0, 12)

/** What this process has: a session is given its own lock a second time. */
const held = new Set<string>()

// Nothing but the end of the session or `unlock` lets go of it: what a killed process had, the next one takes.
async function lock(server: DatabaseServer, name: string): Promise<boolean> {
  if (held.has(name)) return false
  held.add(name)
  const [isMine] = await server.ask('select pg_try_advisory_lock(hashtextextended($1, 0))', [name])
  if (isMine !== true) held.delete(name)
  return isMine === true
}

async function unlock(server: DatabaseServer, name: string): Promise<void> {
  await server.ask('select pg_advisory_unlock(hashtextextended($1, 0))', [name])
  held.delete(name)
}

/** Those whose tables were finished: the description says how they were. */
async function described(server: DatabaseServer, prefix: string): Promise<readonly string[]> {
  const names = await server.ask(
    `select datname from pg_database
     where starts_with(datname, $1) and shobj_description(oid, 'pg_database') is not null
     order by datname`,
    [prefix],
  )
  return names.map(String)
}

async function makeTables(server: DatabaseServer, name: string, want: Catalog): Promise<void> {
  const { openPostgres } = await import('../store/postgres/index.ts')
  const engine = await openPostgres({ url: server.urlOf(name) })
  try {
    await prepareSchema(engine, want, { auto: true })
  } finally {
    await engine.close()
  }
  const marks = await inDatabase(server, name, marksOf)
  await server.ask(`comment on database ${name} is '${marks}'`)
}

/** Takes the rows away. False where it is not as it was made, or not worth it. */
async function emptied(server: DatabaseServer, name: string): Promise<boolean> {
  const [made] = await server.ask(`select shobj_description(oid, 'pg_database') from pg_database where datname = $1`, [
    name,
  ])
  return inDatabase(server, name, async (session) => {
    if ((await marksOf(session)) !== made) return false
    const [isSmall] = await session.ask(`select pg_database_size(current_database()) < ${mostBytes}`)
    if (isSmall !== true) return false
    await session.ask(EMPTY)
    return true
  })
}

/** What deleted rows leave behind makes every read slower in the end. */
const mostBytes = 50_000_000

async function inDatabase<T>(
  server: DatabaseServer,
  name: string,
  work: (session: ServerSession) => Promise<T>,
): Promise<T> {
  const session = new ServerSession(server.urlOf(name))
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

// Whatever changes a schema writes, changes or deletes a row of one of these; which transaction wrote the last says it.
const KEPT_IN = [
  'pg_class',
  'pg_attribute',
  'pg_attrdef',
  'pg_constraint',
  'pg_index',
  'pg_policy',
  'pg_proc',
  'pg_trigger',
  'pg_type',
  'pg_rewrite',
  'pg_extension',
  'pg_event_trigger',
  'pg_default_acl',
  'pg_statistic_ext',
  'pg_publication',
]

const LAST = 'count(*) as rows, max(t.xmin::text::bigint) as last'
const ROLES = `('plinth_caller_' || current_database(), 'plinth_system_' || current_database())`

const MARKS = `
  select string_agg(concat_ws(' ', what, rows, last), ', ' order by what) from (
    ${KEPT_IN.map((name) => `select '${name}' as what, ${LAST} from ${name} t`).join(' union all ')}
    union all
    select 'schemas', ${LAST} from pg_namespace t where nspname !~ '^pg_(toast_)?temp_'
    union all
    select 'settings', ${LAST} from pg_db_role_setting t
    join pg_database d on d.oid = t.setdatabase where d.datname = current_database()
    union all
    select 'roles', ${LAST} from pg_authid t where t.rolname in ${ROLES}
    union all
    select 'members', ${LAST} from pg_auth_members t
    join pg_authid r on r.oid in (t.roleid, t.member) where r.rolname in ${ROLES}
  ) as marks`

const marksOf = async (session: ServerSession): Promise<string> => String((await session.ask(MARKS))[0])

// In no order: keys and triggers are not asked, nor the policies, since it is a superuser who does it.
const EMPTY = `
  do $$
  declare held regclass;
  begin
    perform set_config('session_replication_role', 'replica', true);
    for held in
      select oid from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
    loop
      execute format('delete from %s', held);
    end loop;
  end $$`
