// The questions to pg_catalog about schema public, each ordered by names as bytes.
import type { Storage } from '../../define/field.ts'
import type { Statement } from '../contract.ts'

const statement = (reads: readonly Storage[], text: string): Statement => Object.freeze({ text, reads })

// Partitions are part of their table; views and foreign tables are nobody's model.
const TABLE = `n.nspname = 'public' and t.relkind in ('r', 'p') and not t.relispartition`

/** name */
export const tablesQuery = statement(
  ['text'],
  `select t.relname
   from pg_class t join pg_namespace n on n.oid = t.relnamespace
   where ${TABLE}
   order by t.relname collate "C"`,
)

/** table, name, type, not null, default's expression */
export const columnsQuery = statement(
  ['text', 'text', 'text', 'bool', 'text'],
  `select t.relname, a.attname,
     format_type(a.atttypid, a.atttypmod) || case when l.collname is distinct from 'C' and a.attcollation <> 0
       then ' collate "' || l.collname || '"' else '' end,
     a.attnotnull, case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end
   from pg_attribute a
   join pg_class t on t.oid = a.attrelid
   join pg_namespace n on n.oid = t.relnamespace
   left join pg_collation l on l.oid = a.attcollation
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where ${TABLE} and a.attnum > 0 and not a.attisdropped
   order by t.relname collate "C", a.attnum`,
)

/** table, name, primary, unique, valid, column: one row per column of an index on plain columns of every row. */
export const indexesQuery = statement(
  ['text', 'text', 'bool', 'bool', 'bool', 'text'],
  `select t.relname, c.relname, i.indisprimary, i.indisunique, i.indisvalid, a.attname
   from pg_index i
   join pg_class c on c.oid = i.indexrelid
   join pg_class t on t.oid = i.indrelid
   join pg_namespace n on n.oid = t.relnamespace
   cross join lateral unnest(i.indkey) with ordinality k (attnum, position)
   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
   where ${TABLE} and i.indexprs is null and i.indpred is null and k.position <= i.indnkeyatts
   order by t.relname collate "C", c.relname collate "C", k.position`,
)

/** table, name, delete rule, validated, target, column, target's column: one row per column. */
export const foreignKeysQuery = statement(
  ['text', 'text', 'text', 'bool', 'text', 'text', 'text'],
  `select t.relname, f.conname, f.confdeltype::text, f.convalidated, g.relname, a.attname, b.attname
   from pg_constraint f
   join pg_class t on t.oid = f.conrelid
   join pg_namespace n on n.oid = t.relnamespace
   join pg_class g on g.oid = f.confrelid
   cross join lateral unnest(f.conkey, f.confkey) with ordinality k (attnum, target, position)
   join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum
   join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.target
   where ${TABLE} and f.contype = 'f'
   order by t.relname collate "C", f.conname collate "C", k.position`,
)

/** table, name, condition, validated */
export const checksQuery = statement(
  ['text', 'text', 'text', 'bool'],
  `select t.relname, f.conname, pg_get_expr(f.conbin, f.conrelid), f.convalidated
   from pg_constraint f
   join pg_class t on t.oid = f.conrelid
   join pg_namespace n on n.oid = t.relnamespace
   where ${TABLE} and f.contype = 'c'
   order by t.relname collate "C", f.conname collate "C"`,
)
