// Puts the shop's rows into tables that are there already, as fast as each engine takes them.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Client } from 'pg'
import {
  CUSTOMERS,
  ORDERS,
  PRODUCTS,
  customer,
  order,
  product,
  type Customer,
  type Order,
  type Product,
} from './data.ts'

/** A row by its column names. */
export type FlatRow = Readonly<Record<string, string | number | null>>

/** Rows in one statement: large enough to be fast, small enough for one message. */
const BATCH = 5_000

/** `count` rows made by number, 1 to count, as they are needed. */
export function* rowsOf<T>(count: number, make: (n: number) => T): Generator<T> {
  for (let n = 1; n <= count; n++) yield make(n)
}

/** The rows of every table by its name, parents before children. */
export const contents = (): [string, Iterable<FlatRow>][] => [
  ['customers', rowsOf(CUSTOMERS, (n) => flat(customer(n)))],
  ['products', rowsOf(PRODUCTS, (n) => flat(product(n)))],
  ['orders', rowsOf(ORDERS, (n) => flat(order(n)))],
]

function flat(value: Customer | Product | Order): FlatRow {
  const { createdAt, ...rest } = value
  return { ...rest, created_at: createdAt, updated_at: createdAt }
}

/** Inserts into SQLite, in the caller's transaction. */
export function fillSqlite(db: DatabaseSync, table: string, rows: Iterable<FlatRow>): void {
  let insert: ReturnType<DatabaseSync['prepare']> | undefined
  for (const row of rows) {
    const values: SQLInputValue[] = Object.values(row)
    const columns = Object.keys(row).map((name) => `"${name}"`)
    insert ??= db.prepare(
      `insert into "${table}" (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    insert.run(...values)
  }
}

/** Inserts into PostgreSQL; the table's own column types read the values. */
export async function fillPostgres(client: Client, table: string, rows: Iterable<FlatRow>): Promise<void> {
  let batch: FlatRow[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    await insertBatch(client, table, batch)
    batch = []
  }
  await insertBatch(client, table, batch)
}

async function insertBatch(client: Client, table: string, batch: readonly FlatRow[]): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ')
  const from = `select ${columns} from json_populate_recordset(null::"${table}", $1)`
  await client.query(`insert into "${table}" (${columns}) ${from}`, [JSON.stringify(batch)])
}
