// The limit on SQLite: node:http and node:sqlite by hand, prepared statements, every commit synced before its answer.
import { serve } from './door.mjs'
import { db, refused, shop } from './sqlite_shop.mjs'

const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const rollback = db.prepare('rollback')

serve(shop(write))

function write(work) {
  begin.run()
  try {
    const row = work()
    commit.run()
    return row
  } catch (error) {
    rollback.run()
    throw refused(error)
  }
}
