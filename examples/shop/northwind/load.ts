// Puts the Northwind data in through the app's own import operations, in batches; repeating it changes nothing.
import { readFile } from 'node:fs/promises'
import type { Operator, Progress } from 'plinth'
import { type CsvRow, readCsv } from './csv.ts'
import { customerOf, lineOf, orderOf, productOf, supplierOf } from './wire.ts'

interface Batch {
  readonly operation: string
  readonly body: unknown
  readonly rows: number
}

/** As many rows as one call takes: one transaction, and below the bounds of the imports' lists. */
const rowsPerCall = 50

/** Imports what is not here yet, what is referred to first. Fails with the Problem of the first refused call. */
export async function loadNorthwind(operate: Operator, progress: Progress): Promise<void> {
  const batches = await readBatches()
  const total = batches.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const { operation, body, rows } of batches) {
    await operate(operation, { body })
    done += rows
    progress(done, total, 'Northwind')
  }
}

async function readBatches(): Promise<Batch[]> {
  const [suppliers, products, customers, orders, lines] = await Promise.all([
    readRows('suppliers'),
    readRows('products'),
    readRows('customers'),
    readRows('orders'),
    readRows('order_details'),
  ])
  const linesOf = Map.groupBy(lines, (line) => line['order_id'])
  return [
    ...batchesOf(suppliers, 'suppliers.import', (rows) => ({ suppliers: rows.map(supplierOf) })),
    ...batchesOf(products, 'products.import', (rows) => ({ products: rows.map(productOf) })),
    ...batchesOf(customers, 'customers.import', (rows) => ({ customers: rows.map(customerOf) })),
    ...batchesOf(orders, 'orders.import', (rows) => ({
      orders: rows.map(orderOf),
      lines: rows.flatMap(({ id }) => linesOf.get(id) ?? []).map(lineOf),
    })),
  ]
}

/** The rows of one file of `../data`. */
export async function readRows(name: string): Promise<CsvRow[]> {
  return readCsv(await readFile(new URL(`../data/${name}.csv`, import.meta.url), 'utf8'))
}

function batchesOf(rows: readonly CsvRow[], operation: string, bodyOf: (rows: readonly CsvRow[]) => unknown): Batch[] {
  const starts = Array.from({ length: Math.ceil(rows.length / rowsPerCall) }, (_, at) => at * rowsPerCall)
  return starts.map((start) => {
    const part = rows.slice(start, start + rowsPerCall)
    return { operation, body: bodyOf(part), rows: part.length }
  })
}
