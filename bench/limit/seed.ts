// The tables of the limits, with the constraints a careful hand would give them, and the shop's rows in them.
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { contents, fillPostgres, fillSqlite } from '../fill.ts'

interface Types {
  readonly id: string
  readonly text: string
  readonly instant: string
  /** What follows the columns of a table. */
  readonly table: string
}

const SQLITE: Types = { id: 'text', text: 'text', instant: 'text', table: ' strict' }
const POSTGRES: Types = { id: 'uuid', text: 'text collate "C"', instant: 'timestamptz(3)', table: '' }
const INDEXES = `
  create index products_list on products (status, created_at desc, id desc);
  create index orders_customer on orders (customer, created_at desc, id desc);
  create index orders_product on orders (product);
`

const times = (types: Types): string => `created_at ${types.instant} not null, updated_at ${types.instant} not null`

const tables = (types: Types): string => `
  create table customers (id ${types.id} primary key, name ${types.text} not null, ${times(types)})${types.table};
  create table products (
    id          ${types.id} primary key,
    sku         ${types.text} not null unique check (length(sku) between 6 and 32),
    name        ${types.text} not null check (length(name) between 1 and 120),
    description ${types.text} not null check (length(description) <= 2000),
    price       integer not null check (price between 0 and 10000000),
    stock       integer not null check (stock >= 0),
    status      ${types.text} not null check (status in ('active', 'draft', 'archived')),
    ${times(types)}
  )${types.table};
  create table orders (
    id       ${types.id} primary key,
    customer ${types.id} not null references customers (id),
    product  ${types.id} not null references products (id),
    quantity integer not null check (quantity between 1 and 100),
    status   ${types.text} not null check (status in ('placed', 'cancelled')),
    ${times(types)}
  )${types.table};
`

/** Makes the SQLite file of the limit. */
export function seedSqlite(file: string): void {
  const db = new DatabaseSync(file)
  db.exec(`pragma journal_mode = wal; pragma synchronous = off; ${tables(SQLITE)}; begin`)
  for (const [table, rows] of contents()) fillSqlite(db, table, rows)
  db.exec(`commit; ${INDEXES}; analyze; pragma wal_checkpoint(truncate)`)
  db.close()
}

/** Fills an empty PostgreSQL database for the limit. */
export async function seedPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(tables(POSTGRES))
  for (const [table, rows] of contents()) await fillPostgres(client, table, rows)
  await client.query(INDEXES)
  await client.query('vacuum analyze')
  await client.end()
}
