// The limit on PostgreSQL: node:http and pg by hand, named statements, reads pipelined, ten connections for writes.
import { randomUUIDv7 } from 'node:crypto'
import { Client, Pool, types } from 'pg'
import { page, Refused, serve } from './door.mjs'

const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'
const LINES = 4
const POOL = 10
const PRODUCT = 'id, sku, name, description, price, stock, status, created_at as "createdAt", updated_at as "updatedAt"'
const ORDER = 'id, customer, product, quantity, status, created_at as "createdAt", updated_at as "updatedAt"'
const NEWEST = 'order by created_at desc, id desc limit 21'
const SQL = {
  one: `select ${PRODUCT} from products where id = $1`,
  first: `select ${PRODUCT} from products where status = $1 ${NEWEST}`,
  after: `select ${PRODUCT} from products where status = $1 and (created_at, id) < ($2::timestamptz, $3) ${NEWEST}`,
  order: `select ${ORDER} from orders where id = $1 and customer = $2`,
  create: `insert into products values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${PRODUCT}`,
  take: 'update products set stock = stock - $2, updated_at = $3 where id = $1 and stock >= $2 returning id',
  place: `insert into orders values ($1, $2, $3, $4, 'placed', $5, $5) returning ${ORDER}`,
}

// In UTC a timestamp comes as `2025-01-01 00:01:00.5+00`: cutting the text is cheaper than making a Date of it.
types.setTypeParser(
  types.builtins.TIMESTAMPTZ,
  (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`,
)

const settings = { connectionString: process.env.DATABASE_URL, options: '-c timezone=UTC', pipeline: true }
const lines = Array.from({ length: LINES }, () => new Client(settings))
await Promise.all(lines.map((line) => line.connect()))
const pool = new Pool({ ...settings, max: POOL })
let turn = 0

serve({
  one: (id) => alone('one', [id]).then(firstRow),
  list: (status, key) => (key === null ? alone('first', [status]) : alone('after', [status, ...key])).then(page),
  order: (id, customer) => alone('order', [id, customer]).then(firstRow),
  create: (body) => {
    const { sku, name, description, price, stock, status } = body
    const values = [randomUUIDv7(), sku, name, description, price, stock, status, new Date().toISOString()]
    return run(pool, 'create', values).then(firstRow, refused)
  },
  place: (customer, body) =>
    write(async (client) => {
      const now = new Date().toISOString()
      const [, taken] = await Promise.all([
        client.query('begin'),
        run(client, 'take', [body.product, body.quantity, now]),
      ])
      if (taken.length === 0) throw new Refused((await run(client, 'one', [body.product])).length === 0 ? 422 : 409)
      const values = [randomUUIDv7(), customer, body.product, body.quantity, now]
      const [placed] = await Promise.all([run(client, 'place', values), client.query('commit')])
      return placed[0]
    }),
})

async function write(work) {
  const client = await pool.connect()
  try {
    return await work(client)
  } catch (error) {
    await client.query('rollback')
    return refused(error)
  } finally {
    client.release()
  }
}

function refused(error) {
  if (error.code === UNIQUE_VIOLATION) throw new Refused(409)
  if (error.code === FOREIGN_KEY_VIOLATION) throw new Refused(422)
  throw error
}

// Reads share a few lines; a write on one of them would make the reads behind it wait for the disk.
const alone = (name, values) => run(lines[turn++ % lines.length], name, values)
const run = (client, name, values) => client.query({ name, text: SQL[name], values }).then((result) => result.rows)
const firstRow = (rows) => rows[0]
