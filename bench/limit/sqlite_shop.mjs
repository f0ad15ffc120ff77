// What both limits on SQLite do: the statements of the shop, prepared; how a write is committed is given to them.
import { randomUUIDv7 } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { page, Refused } from './door.mjs'

const UNIQUE_VIOLATION = 2067
const FOREIGN_KEY_VIOLATION = 787
const PRODUCT = 'id, sku, name, description, price, stock, status, created_at as createdAt, updated_at as updatedAt'
const ORDER = 'id, customer, product, quantity, status, created_at as createdAt, updated_at as updatedAt'
const NEWEST = 'order by created_at desc, id desc limit 21'

/** The database, synced at every commit. */
export const db = new DatabaseSync(process.env.DATABASE)
db.exec(`
  pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
  pragma cache_size = -65536; pragma mmap_size = 268435456;
`)

const one = db.prepare(`select ${PRODUCT} from products where id = ?`)
const first = db.prepare(`select ${PRODUCT} from products where status = ? ${NEWEST}`)
const after = db.prepare(`select ${PRODUCT} from products where status = ? and (created_at, id) < (?, ?) ${NEWEST}`)
const order = db.prepare(`select ${ORDER} from orders where id = ? and customer = ?`)
const create = db.prepare(`insert into products values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) returning ${PRODUCT}`)
const take = db.prepare(
  'update products set stock = stock - ?2, updated_at = ?3 where id = ?1 and stock >= ?2 returning id',
)
const place = db.prepare(`insert into orders values (?1, ?2, ?3, ?4, 'placed', ?5, ?5) returning ${ORDER}`)

/** The shop; `write` runs its argument in a transaction and answers its row once that is durable. */
export const shop = (write) => ({
  one: (id) => one.get(id),
  list: (status, key) => page(key === null ? first.all(status) : after.all(status, key[0], key[1])),
  order: (id, customer) => order.get(id, customer),
  create: (body) =>
    write(() => {
      const { sku, name, description, price, stock, status } = body
      return create.get(randomUUIDv7(), sku, name, description, price, stock, status, new Date().toISOString())
    }),
  place: (customer, body) =>
    write(() => {
      const now = new Date().toISOString()
      if (take.get(body.product, body.quantity, now) === undefined) {
        throw new Refused(one.get(body.product) === undefined ? 422 : 409)
      }
      return place.get(randomUUIDv7(), customer, body.product, body.quantity, now)
    }),
})

/** What a failure of a statement is answered with. */
export function refused(error) {
  if (error.errcode === UNIQUE_VIOLATION) return new Refused(409)
  if (error.errcode === FOREIGN_KEY_VIOLATION) return new Refused(422)
  return error
}
