// The rows of the CSV files as the import operations take them: names, numbers, money and times of the shop.
import type { CsvRow } from './csv.ts'

/** An empty field of the file is null. */
const optional = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text)
const dollars = (amount: string | undefined): unknown => ({ amount, currency: 'USD' })

/** The file's times have no zone ("1996-07-04 00:00:00.000"); they are read as UTC. */
function instant(text: string | undefined): string | null {
  const local = optional(text)
  return local === null ? null : `${local.replace(' ', 'T')}Z`
}

export function supplierOf(row: CsvRow): unknown {
  return { number: Number(row['id']), ...company(row), country: row['country'] }
}

export function customerOf(row: CsvRow): unknown {
  return { code: row['id'], ...company(row), country: optional(row['country']), fax: optional(row['fax']) }
}

function company(row: CsvRow): object {
  return {
    company: row['company_name'],
    contact: optional(row['contact_name']),
    title: optional(row['contact_title']),
    address: optional(row['address']),
    city: optional(row['city']),
    region: optional(row['region']),
    postalCode: optional(row['postal_code']),
    phone: optional(row['phone']),
  }
}

export function productOf(row: CsvRow): unknown {
  return {
    number: Number(row['id']),
    name: row['name'],
    supplier: Number(row['supplier_id']),
    unit: row['qt_per_unit'],
    price: dollars(row['unit_price']),
    stock: Number(row['units_in_stock']),
    discontinued: row['discontinued'] === '1',
  }
}

export function orderOf(row: CsvRow): unknown {
  const shippedAt = instant(row['shipped_date'])
  const address = ['ship_name', 'ship_city', 'ship_region', 'ship_postal_code', 'ship_country'].map((name) => row[name])
  return {
    number: Number(row['id']),
    customer: row['customer_id'],
    // Nobody sent these orders away unpaid; what is not shipped yet waits for nothing else.
    status: shippedAt === null ? 'paid' : 'shipped',
    orderedAt: instant(row['order_date']),
    requiredAt: instant(row['required_date']),
    shippedAt,
    freight: dollars(row['freight']),
    shipTo: address.filter((part) => part !== undefined && part !== '').join(', '),
  }
}

/** One line of an order; its price and discount are those of the day it was ordered. */
export function lineOf(row: CsvRow): unknown {
  return {
    order: Number(row['order_id']),
    product: Number(row['product_id']),
    quantity: Number(row['quantity']),
    price: dollars(row['unit_price']),
    discount: row['discount'],
  }
}
