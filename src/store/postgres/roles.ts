// The two roles of a database: found in its policies or named after it, made where they are missing, and kept weak.
import { RowSecurityMissing, StoreError, type Session, type Statement } from '../contract.ts'
import { fitted, quoted } from '../migrate/literal.ts'
import { processTable } from '../migrate/processes.ts'

/** The names of the two roles in the database server, which knows roles of all its databases. */
export interface Roles {
  readonly caller: string
  readonly system: string
}

// A copy of a database, under whatever name, goes on with the roles that its policies name.
const FIND: Statement = Object.freeze({
  text: `
    select current_database(), session_user::text,
      (select min(r.rolname) from pg_policy p join pg_roles r on p.polroles = array[r.oid]
       where p.polname like 'plinth\\_system\\_%'),
      (select min(r.rolname) from pg_policy p join pg_roles r on p.polroles = array[r.oid]
       where p.polname ~ '^plinth_(select|insert|update|delete)_')`,
  reads: ['text', 'text', 'text', 'text'] as const,
})

/** The roles of the database that the session is connected to, whether they are there or not. */
export async function findRoles(session: Session): Promise<Roles & { readonly user: string }> {
  const [[database, user, system, caller] = []] = await session.all(FIND, [])
  return {
    caller: String(caller ?? fitted(`plinth_caller_${String(database)}`)),
    system: String(system ?? fitted(`plinth_system_${String(database)}`)),
    user: String(user),
  }
}

const LOOK: Statement = Object.freeze({
  text: `
    select w.name,
      r.oid is not null,
      r.oid is not null and pg_has_role(session_user, r.oid, 'member'),
      r.oid is not null and (pg_has_role(session_user, r.oid, 'usage') or u.rolsuper or u.rolbypassrls),
      has_schema_privilege(coalesce(r.oid, 0), 'public', 'usage'),
      coalesce(r.rolsuper, false), coalesce(r.rolbypassrls, false), coalesce(r.rolcanlogin, false),
      exists (select 1 from pg_auth_members m where m.member = r.oid),
      exists (select 1 from pg_class c where c.relowner = r.oid)
    from unnest(array[$1::text, $2::text]) as w (name)
    join pg_roles u on u.rolname = session_user
    left join pg_roles r on r.rolname = w.name`,
  reads: ['text', 'bool', 'bool', 'bool', 'bool', 'bool', 'bool', 'bool', 'bool', 'bool'] as const,
})

interface Look {
  readonly name: string
  readonly isThere: boolean
  /** The connecting user may take it. */
  readonly isTaken: boolean
  /** What it may see, the connecting user may see without taking it: backfills run as that user. */
  readonly isInherited: boolean
  readonly mayUseSchema: boolean
  /** What makes it stronger than a role of row security may be. */
  readonly strengths: readonly string[]
}

const STRENGTHS = [
  'is a superuser',
  'gets around row security',
  'may sign in',
  'is a member of another role',
  'owns tables',
]

async function lookAt(session: Session, { caller, system }: Roles): Promise<Look[]> {
  const rows = await session.all(LOOK, [caller, system])
  return rows.map(([name, isThere, isTaken, isInherited, mayUseSchema, ...strengths]) => ({
    name: String(name),
    isThere: isThere === true,
    isTaken: isTaken === true,
    isInherited: isInherited === true,
    mayUseSchema: mayUseSchema === true,
    strengths: STRENGTHS.filter((_, at) => strengths[at] === true),
  }))
}

/** Makes the roles where they are missing, and lets the connecting user take them. Fails with RowSecurityMissing. */
export async function makeRoles(session: Session, named?: Roles): Promise<void> {
  const { user, ...found } = await findRoles(session)
  const roles = named ?? found
  const each = async (wanted: (look: Look) => string[]): Promise<void> => {
    for (const text of (await lookAt(session, roles)).flatMap(wanted)) {
      try {
        await session.all({ text, reads: [] }, [])
      } catch (error) {
        throw isForbidden(error) ? lacksRoles(roles, user, error) : error
      }
    }
  }
  await each(({ name, isThere }) => (isThere ? [] : [`create role ${quoted(name)} nologin`]))
  // What it makes of itself the user may take; a superuser may take every role, and needs no grant.
  await each(({ name, isTaken, isInherited, mayUseSchema }) => [
    ...(isTaken && isInherited ? [] : [`grant ${quoted(name)} to ${quoted(user)}`]),
    ...(mayUseSchema ? [] : [`grant usage on schema public to ${quoted(name)}`]),
  ])
}

/** Fails with RowSecurityMissing where a role is missing, cannot be taken, or could get around the policies. */
export async function requireRoles(session: Session): Promise<Roles> {
  const { user, ...roles } = await findRoles(session)
  const looks = await lookAt(session, roles)
  if (looks.some(({ isThere, isTaken }) => !isThere || !isTaken)) throw lacksRoles(roles, user)
  const strong = looks.find(({ strengths }) => strengths.length > 0)
  if (strong === undefined) return roles
  const [strength] = strong.strengths
  throw new RowSecurityMissing(`The role ${quoted(strong.name)} of row security ${strength}: take that from it.`)
}

/** Lets the system write down which processes are alive, where the table of them is there and the user may grant it. */
export async function openProcesses(session: Session, { system }: Roles): Promise<void> {
  const table = quoted(processTable.name)
  const [[isWanted] = []] = await session.all(MAY_OPEN, [table, system])
  if (isWanted !== true) return
  await session.all({ text: `grant select, insert, update, delete on ${table} to ${quoted(system)}`, reads: [] }, [])
}

const MAY_OPEN: Statement = Object.freeze({
  text: `
    select not has_table_privilege($2::text, c.oid, 'insert') and pg_has_role(session_user, c.relowner, 'usage')
    from pg_class c where c.oid = to_regclass('public.' || $1::text)`,
  reads: ['bool'] as const,
})

const isForbidden = (error: unknown): boolean => error instanceof StoreError && error.failure === 'denied'

function lacksRoles({ caller, system }: Roles, user: string, cause?: unknown): RowSecurityMissing {
  const names = [caller, system].map(quoted)
  const create = names.map((name) => `create role ${name} nologin; `).join('')
  return new RowSecurityMissing(
    `The database keeps the rules of the app, and ${quoted(user)} may not make or take the two roles that needs. ` +
      `As a superuser: ${create}grant ${names.join(', ')} to ${quoted(user)}; ` +
      'or start with ROW_SECURITY=off, which leaves the rules to the filters of the app alone.',
    { cause },
  )
}
