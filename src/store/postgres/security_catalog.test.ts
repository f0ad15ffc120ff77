// The catalog of a database that keeps its rules: nothing in it lets a role get around them, and a start sees a change.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { RowSecurityMissing } from '../contract.ts'
import { applyDirectly, planMigration, prepareSchema, SchemaMismatch } from '../migrate/index.ts'
import { wantedTables } from '../policies.ts'
import { actor, ann, idsOf, type Secured, securedForTests, securedModel } from './test_secured.ts'

const scene: { secured?: Secured; skip?: string } = {}
before(async () => {
  const found = await securedForTests()
  if ('skip' in found) scene.skip = found.skip
  else scene.secured = found
})
after(() => scene.secured?.close())

const it = (title: string, run: (secured: Secured) => Promise<void>): void => {
  void test(title, async (t) => (scene.secured === undefined ? t.skip(scene.skip) : run(scene.secured)))
}

/** What the promise of isolation below the application needs, asked of the catalog: one line for each breach. */
const BREACHES = `
  select 'row security is not forced on ' || c.relname
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and c.relname not like '\\_plinth\\_%' and not (c.relrowsecurity and c.relforcerowsecurity)
  union all
  select r.rolname || ' is too strong' from pg_roles r where r.rolname in ($1, $2)
    and (r.rolsuper or r.rolbypassrls or r.rolcanlogin or r.rolcreaterole or r.rolcreatedb
      or exists (select 1 from pg_auth_members m where m.member = r.oid))
  union all
  select 'the caller owns something' from pg_shdepend d join pg_roles r on r.oid = d.refobjid
    where r.rolname = $1 and d.deptype = 'o'
  union all
  select 'the system owns a table' from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $2
  union all
  select f.proname || ' runs as somebody who gets around policies, or looks where it is told'
    from pg_proc f join pg_roles r on r.oid = f.proowner
    where f.pronamespace = 'public'::regnamespace and f.prosecdef
    and (r.rolsuper or r.rolbypassrls or f.proconfig is null
      or not 'search_path=pg_catalog, pg_temp' = any (f.proconfig))
  union all
  select f.proname || ' may be called by everybody' from pg_proc f
    where f.pronamespace = 'public'::regnamespace and f.prosecdef and has_function_privilege(0::oid, f.oid, 'execute')
  union all
  select 'policy ' || p.policyname || ' of ' || p.tablename || ' is for everybody' from pg_policies p
    where p.schemaname = 'public' and p.roles <> array[$1::name] and p.roles <> array[$2::name]
  union all
  select 'policy ' || p.policyname || ' reads a setting that may be empty, or not be there'
    from pg_policies p where regexp_replace(
      coalesce(p.qual, '') || coalesce(p.with_check, ''),
      'NULLIF\\(current_setting\\(''plinth\\.\\w+''::text, true\\), ''''::text\\)' ||
      '|current_setting\\(''plinth.verb''::text, true\\)', '', 'g'
    ) like '%current_setting(%'
  union all
  select 'the caller may ' || a.privilege || ' what only the house keeps: ' || c.relname
    from pg_class c
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger']) a (privilege)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and (c.relname like '\\_plinth\\_%' or c.relname = 'entries') and has_table_privilege($1, c.oid, a.privilege)
  order by 1`

async function breaches({ client, roles }: Secured): Promise<string[]> {
  const { rows } = await client.query<string[]>({
    text: BREACHES,
    values: [roles.caller, roles.system],
    rowMode: 'array',
  })
  return rows.map(([line = '']) => line)
}

void describe('the catalog', () => {
  it('has no table without its rules, and no way around them', async (secured) => {
    assert.deepEqual(await breaches(secured), [])
  })

  const faults: Readonly<Record<string, (secured: Secured) => string>> = {
    'row security is not forced on notes': () => 'alter table notes no force row level security',
    'row security is not forced on loose': () => 'create table loose (id uuid)',
    'is too strong': ({ roles }) => `alter role "${roles.caller}" bypassrls`,
    'the caller owns something': ({ roles }) => `alter table boards owner to "${roles.caller}"`,
    'runs as somebody who gets around': () =>
      'create function peek() returns bigint language sql security definer as $$ select count(*) from notes $$',
    'may be called by everybody': () =>
      'create function peek() returns int language sql security definer as $$ select 1 $$',
    'is for everybody': () => 'create policy mine on notes using (true)',
    'reads a setting that may be empty': ({ roles }) =>
      `create policy mine on notes to "${roles.caller}" using (author = current_setting('plinth.caller')::uuid)`,
    'what only the house keeps': ({ roles }) => `grant select on entries to "${roles.caller}"`,
  }
  for (const [said, fault] of Object.entries(faults)) {
    it(`control: a seeded fault is found (${said})`, async (secured) => {
      await secured.client.query('begin')
      await secured.client.query(fault(secured))
      const found = await breaches(secured)
      await secured.client.query('rollback')
      assert.ok(
        found.some((line) => line.includes(said)),
        found.join('; '),
      )
    })
  }
})

void describe('a start', () => {
  const changes: Readonly<Record<string, readonly [RegExp, (secured: Secured) => string]>> = {
    'a policy that was widened': [
      /policy plinth_select_\w+ of notes does not read as it was made/,
      () => `do $$ begin execute (select format('alter policy %I on notes using (true)', polname) from pg_policy
        where polname like 'plinth_select%' and polrelid = 'notes'::regclass); end $$`,
    ],
    'a check that was widened': [
      /policy plinth_insert_\w+ of notes does not read as it was made/,
      () => `do $$ begin execute (select format('alter policy %I on notes with check (true)', polname) from pg_policy
        where polname like 'plinth_insert%' and polrelid = 'notes'::regclass); end $$`,
    ],
    'a policy that was given to everybody': [
      /policy plinth_system_\w+ of notes does not read as it was made/,
      () => `do $$ begin execute (select format('alter policy %I on notes to public', polname) from pg_policy
        where polname like 'plinth_system%' and polrelid = 'notes'::regclass); end $$`,
    ],
    'a policy that is gone': [
      /policy plinth_select_\w+ of notes__lines is missing/,
      () => `do $$ begin execute (select format('drop policy %I on notes__lines', polname) from pg_policy
        where polname like 'plinth_select%' and polrelid = 'notes__lines'::regclass); end $$`,
    ],
    'a policy made by hand': [
      /policy mine of notes was made by hand/,
      () => 'create policy mine on notes using (true)',
    ],
    'row security switched off': [
      /row security of notes is not on/,
      () => 'alter table notes disable row level security',
    ],
    'an owner let off': [/row security of notes is not on/, () => 'alter table notes no force row level security'],
    'a function that says yes': [
      /function plinth_exists_\w+ is not as it was made/,
      () => `do $$ begin execute (select format('create or replace function %I(%s) returns boolean
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp
        as %L', proname, oidvectortypes(proargtypes),
        'begin return true; end') from pg_proc where proname like 'plinth_exists%' limit 1); end $$`,
    ],
    'a privilege taken away': [
      /row security of notes is not on, or its roles lack privileges/,
      ({ roles }) => `revoke update on notes from "${roles.caller}"`,
    ],
  }
  for (const [what, [said, change]] of Object.entries(changes)) {
    it(`refuses ${what}, and the next migration mends it`, async (secured) => {
      const engine = await secured.open()
      const want = wantedTables(securedModel, engine.dialect, { rowSecurity: true })
      await prepareSchema(engine, want, { auto: false })

      await secured.client.query(change(secured))

      await assert.rejects(prepareSchema(engine, want, { auto: false }), (error: unknown) => {
        assert.ok(error instanceof SchemaMismatch)
        assert.match(error.message, said)
        assert.equal(error.missing.length, 1)
        return true
      })
      await prepareSchema(engine, want, { auto: true })
      await prepareSchema(engine, want, { auto: false })
      assert.deepEqual(await breaches(secured), [])
    })
  }

  it('lets policies of another version be', async (secured) => {
    const { client, roles } = secured
    const engine = await secured.open()
    const want = wantedTables(securedModel, engine.dialect, { rowSecurity: true })
    await client.query(
      `create policy plinth_select_0123456789 on notes for select to "${roles.caller}" using (rank = 1)`,
    )

    await prepareSchema(engine, want, { auto: false })
    const { steps } = await planMigration(engine, want)

    assert.deepEqual(
      steps.map(({ name, phase }) => [name, phase]),
      [['drop policy notes.plinth_select_0123456789', 'contract']],
    )
    await prepareSchema(engine, want, { auto: true })
    assert.deepEqual((await planMigration(engine, want)).steps, [])
  })

  it('refuses a role that was made strong', async (secured) => {
    const { client, roles } = secured
    const engine = await secured.open()
    await client.query(`alter role "${roles.system}" bypassrls`)
    try {
      await assert.rejects(async () => engine.security?.enter(), /gets around row security: take that from it/)
    } finally {
      await client.query(`alter role "${roles.system}" nobypassrls`)
    }
  })
})

void describe('a user who may not make roles', () => {
  it('is told in one line what to grant, and is held to the rules of its own tables then', async ({ url, client }) => {
    const name = `${new URL(url).pathname.slice(1)}_weak`
    await client.query(`create role ${name} login`)
    await client.query(
      `create database ${name} owner ${name} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`,
    )
    const place = new URL(url)
    place.username = name
    place.pathname = `/${name}`
    const { openPostgres } = await import('./index.ts')
    const engine = await openPostgres({ url: place.href })
    try {
      const want = wantedTables(securedModel, engine.dialect, { rowSecurity: true })
      const refused = await applyDirectly(engine, want).then(
        () => assert.fail('it was applied'),
        (error: unknown) => error,
      )
      assert.ok(refused instanceof RowSecurityMissing)
      assert.doesNotMatch(refused.message, /\n/)
      const told = /As a superuser: (.*;) or start with ROW_SECURITY=off/.exec(refused.message)?.[1] ?? ''
      await client.query(told)

      await applyDirectly(engine, want)
      await prepareSchema(engine, want, { auto: false })
      await engine.script([
        `insert into people (id, name, created_at, updated_at) values ('${ann}', 'Ann', '2026-01-01', '2026-01-01')`,
      ])
      const own = await ownRows(place.href)
      await engine.security?.enter()

      assert.equal(own, 1)
      assert.deepEqual(await idsOf(engine, 'select id from people'), ['10'])
      assert.deepEqual(await idsOf(engine, 'select id from people', actor(ann)), ['10'])
      assert.deepEqual(await idsOf(engine, 'select id from people', actor(null)), [])
    } finally {
      await engine.close()
      await client.query(`drop database ${name} with (force)`)
      await client.query(`drop role if exists plinth_caller_${name}, plinth_system_${name}, ${name}`)
    }
  })
})

// Backfills run as the owner of the tables, who must not be the one who sees nothing.
async function ownRows(url: string): Promise<number> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query('select 1 from people')).rows.length
  } finally {
    await client.end()
  }
}
