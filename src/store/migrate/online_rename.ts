// A column under two names for as long as code of both versions runs: a trigger carries every write across.
import { fitted, quoted } from './literal.ts'
import type { Rename } from './renames.ts'
import { type Scene, stepOf, tableOf } from './scene.ts'
import type { Step } from './step.ts'

/** New column, two-way trigger, then the rows that were there. The old column goes in the contract phase. */
export function startRename({ table, before, after }: Omit<Rename, 'what'>, scene: Scene): Step[] {
  const { dialect } = scene.spelling
  const rule = 'rename-column'
  const name = `rename ${table}.${before.name} to ${after.name}`
  const [source, target] = [quoted(before.name), quoted(after.name)]
  const column = `alter table ${quoted(table)} add column ${target} ${dialect.columnType(after.storage)}`
  const left = `${target} is null and ${source} is not null`
  const copy = `update ${quoted(table)} set ${target} = ${source} where ${left} and :batch`
  const loosen =
    after.nullable && !before.nullable ? [`alter table ${quoted(table)} alter column ${source} drop not null`] : []
  return [
    stepOf(scene, {
      name: `${name}: both names`,
      rule,
      sql: [column, ...loosen, ...syncBothWays(table, before.name, after.name)],
      assured,
    }),
    stepOf(scene, {
      name: `${name}: rows that were there`,
      rule,
      sql: [copy],
      phase: 'backfill',
      batch: { table, key: tableOf(scene.goal, table).primaryKey },
    }),
  ]
}

const assured = 'The trigger only copies between the two names of one column.'

/** Statements that end the double writing. */
export function finishRename(table: string, column: string): string[] {
  const name = quoted(syncName(table, column))
  return [`drop trigger if exists ${name} on ${quoted(table)}`, `drop function if exists ${name}()`]
}

// Code of before writes the old name, code of after the new one; the side left null or unchanged takes the other's.
function syncBothWays(table: string, before: string, after: string): string[] {
  const name = quoted(syncName(table, after))
  const [source, target] = [quoted(before), quoted(after)]
  const body = [
    'begin',
    `  if tg_op = 'INSERT' then`,
    `    if new.${target} is null then new.${target} := new.${source}; else new.${source} := new.${target}; end if;`,
    `  elsif new.${target} is distinct from old.${target} then new.${source} := new.${target};`,
    `  else new.${target} := new.${source};`,
    '  end if;',
    '  return new;',
    'end',
  ].join('\n')
  return [
    `create or replace function ${name}() returns trigger language plpgsql as $$\n${body}\n$$`,
    `create or replace trigger ${name} before insert or update on ${quoted(table)} ` +
      `for each row execute function ${name}()`,
  ]
}

const syncName = (table: string, column: string): string => fitted(`_plinth_sync_${table}_${column}`)
