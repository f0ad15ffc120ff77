// What PostgreSQL says is there, as a catalog.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { engineForTests, type TestEngine } from './test_engine.ts'

const opened = await engineForTests()

describe('introspection of PostgreSQL', { skip: 'skip' in opened ? opened.skip : false }, () => {
  const { engine, close } = opened as TestEngine // skipped otherwise
  after(() => close())

  const table = async (name: string) => (await engine.introspect()).tables.find((one) => one.name === name)

  it('names columns, keys, defaults, indexes, references and checks of a table', async () => {
    await engine.script([
      `create table parents (tenant uuid not null, id uuid not null, constraint parents_pkey primary key (id))`,
      `create unique index parents_tenant_id_key on parents (tenant, id)`,
      `create table children (
         id uuid not null,
         name text collate "C" not null default 'it''s \\ x',
         size bigint not null default -5,
         wide bigint default 9223372036854775807,
         is_open boolean not null default true,
         made_at timestamptz(3) not null default '2025-01-01T00:00:00.120Z',
         due date default '2025-02-03',
         tenant uuid not null,
         parent uuid,
         constraint children_pkey primary key (id),
         constraint children_size_1 check (size > -10))`,
      `alter table children add constraint children_parent_fkey
         foreign key (tenant, parent) references parents (tenant, id) on delete cascade`,
      `create index children_due_idx on children (due nulls first, id)`,
    ])

    assert.deepEqual(await table('children'), {
      name: 'children',
      columns: [
        { name: 'id', storage: 'uuid', nullable: false, default: undefined },
        { name: 'name', storage: 'text', nullable: false, default: "it's \\ x" },
        { name: 'size', storage: 'int', nullable: false, default: -5 },
        { name: 'wide', storage: 'int', nullable: true, default: '9223372036854775807' },
        { name: 'is_open', storage: 'bool', nullable: false, default: true },
        { name: 'made_at', storage: 'instant', nullable: false, default: '2025-01-01T00:00:00.120Z' },
        { name: 'due', storage: 'date', nullable: true, default: '2025-02-03' },
        { name: 'tenant', storage: 'uuid', nullable: false, default: undefined },
        { name: 'parent', storage: 'uuid', nullable: true, default: undefined },
      ],
      primaryKey: ['id'],
      uniques: [],
      indexes: [{ name: 'children_due_idx', columns: ['due', 'id'] }],
      foreignKeys: [
        {
          name: 'children_parent_fkey',
          columns: ['tenant', 'parent'],
          target: 'parents',
          targetColumns: ['tenant', 'id'],
          onDelete: 'cascade',
        },
      ],
      checks: [{ name: 'children_size_1', on: { sql: "(size > '-10'::integer)" } }],
    })
    assert.deepEqual((await table('parents'))?.uniques, [{ name: 'parents_tenant_id_key', columns: ['tenant', 'id'] }])
  })

  it('marks an index that a failed concurrent build left, and constraints not yet proved', async () => {
    await engine.script(['create table twins (a bigint, b bigint)', 'insert into twins values (1, 1), (1, 2)'])
    await assert.rejects(engine.script(['create unique index concurrently twins_a_key on twins (a)']), {
      failure: 'unique',
    })
    await engine.script([
      'create unique index concurrently twins_b_key on twins (b)',
      'alter table twins add constraint twins_a_check check (a > 1) not valid',
    ])

    const twins = await table('twins')

    assert.deepEqual(twins?.uniques, [
      { name: 'twins_a_key', columns: ['a'], invalid: true },
      { name: 'twins_b_key', columns: ['b'] },
    ])
    assert.deepEqual(twins?.checks, [{ name: 'twins_a_check', on: { sql: '(a > 1)' }, invalid: true }])
  })

  it('tells a type that is not ours, and leaves out what no model can mean', async () => {
    await engine.script([
      `create table odd (id serial primary key, name varchar(10), folded text, at timestamptz default now())`,
      'create index odd_lower on odd (lower(name))',
      'create unique index odd_part on odd (name) where id > 5',
      'create view odd_view as select 1 as one',
    ])

    const odd = await table('odd')

    assert.deepEqual(odd?.columns, [
      { name: 'id', storage: 'int', nullable: false, default: undefined, type: 'integer' },
      {
        name: 'name',
        storage: 'text',
        nullable: true,
        default: undefined,
        type: 'character varying(10) collate "default"',
      },
      { name: 'folded', storage: 'text', nullable: true, default: undefined, type: 'text collate "default"' },
      { name: 'at', storage: 'instant', nullable: true, default: undefined, type: 'timestamp with time zone' },
    ])
    assert.deepEqual([odd?.uniques, odd?.indexes, await table('odd_view')], [[], [], undefined])
  })
})
