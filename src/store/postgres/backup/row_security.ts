// What dumps leave out: the roles that policies name belong to the server, and owners and privileges are not dumped.
import { postgresLimits } from '../../../base/limits.ts'
import { BackupError } from '../../backup/backup_error.ts'
import type { Session, Statement } from '../../contract.ts'
import { quoted } from '../../migrate/literal.ts'
import { loadDriver } from '../driver.ts'
import { asConnected } from '../row_security.ts'
import { findRoles, makeRoles, type Roles } from '../roles.ts'

const asUserOf = async <T>(databaseUrl: string, work: (session: Session) => Promise<T>): Promise<T> =>
  asConnected(await loadDriver(databaseUrl, postgresLimits), work)

/** Fails with BackupError where the user would see only some of the rows, and dump only those. */
export async function refuseBlind(databaseUrl: string): Promise<void> {
  await asUserOf(databaseUrl, async (session) => {
    const [first] = await session.all(HIDDEN, [])
    if (first === undefined) return
    const { system, user } = await findRoles(session)
    throw new BackupError(
      `${user} does not see every row of ${String(first[0])}, and would leave out the rest: ` +
        `grant ${quoted(system)} to ${quoted(user)}`,
    )
  })
}

const HIDDEN: Statement = Object.freeze({
  text: `
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relrowsecurity and row_security_active(c.oid)
      and not exists (
        select 1 from pg_policy p where p.polrelid = c.oid and p.polname like 'plinth\\_system\\_%'
        and pg_has_role(session_user, p.polroles[1], 'usage'))
    order by 1 limit 1`,
  reads: ['text'] as const,
})

/** The roles that the statements of a dump make policies for; undefined in one without rules. */
export function rolesIn(statements: string): Roles | undefined {
  const found = [...statements.matchAll(POLICY)].map(([, kind = '', plain, quotedName]) => ({
    isSystem: kind === 'system',
    name: plain ?? quotedName?.replaceAll('""', '"') ?? '',
  }))
  const system = found.find(({ isSystem }) => isSystem)?.name
  if (system === undefined) return undefined
  const caller = found.find(({ isSystem }) => !isSystem)?.name
  return { system, caller: caller ?? system.replace('system', 'caller') }
}

const POLICY = /^CREATE POLICY plinth_(\w+)_[0-9a-f]{10} ON .*? TO (?:([^\s";]+)|"((?:[^"]|"")+)")/gm

/** Makes the roles that policies of a dump name, where the server does not have them. Fails with RowSecurityMissing. */
export const prepareRoles = (databaseUrl: string, roles: Roles): Promise<void> =>
  asUserOf(databaseUrl, (session) => makeRoles(session, roles))

/** Gives the roles of a restored database what its policies are for, and the system the functions that these call. */
export async function restorePrivileges(databaseUrl: string): Promise<void> {
  await asUserOf(databaseUrl, async (session) => {
    const { caller, system } = await findRoles(session)
    for (const [statement] of await session.all(LEFT_OUT, [quoted(caller), quoted(system)])) {
      await session.all({ text: String(statement), reads: [] }, [])
    }
  })
}

const LEFT_OUT: Statement = Object.freeze({
  text: `
    select statement from (
      select 1 as place, format('grant %s on %s to %s',
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
          else 'select, insert, update, delete' end,
        p.polrelid::regclass, case when p.polcmd = '*' then $2 else $1 end) as statement
      from pg_policy p join pg_class c on c.oid = p.polrelid and c.relnamespace = 'public'::regnamespace
      where p.polname ~ '^plinth_(select|insert|update|delete|system)_[0-9a-f]{10}$'
      union all
      select a.place, format(a.form, f.oid::regprocedure, $1, $2)
      from pg_proc f cross join (values
        (2, 'revoke all on function %1$s from public'),
        (3, 'grant execute on function %1$s to %2$s, %3$s'),
        (4, 'grant create on schema public to %3$s'),
        (5, 'alter function %1$s owner to %3$s'),
        (6, 'revoke create on schema public from %3$s')) as a (place, form)
      where f.pronamespace = 'public'::regnamespace and f.proname ~ '^plinth_exists_[0-9a-f]{10}$'
    ) as wanted
    order by place`,
  reads: ['text'] as const,
})
