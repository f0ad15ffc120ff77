// The limit that groups: all writes that came in one turn of the event loop share one transaction and its one sync.
import { serve } from './door.mjs'
import { db, refused, shop } from './sqlite_shop.mjs'

const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const save = db.prepare('savepoint one')
const keep = db.prepare('release one')
const undo = db.prepare('rollback to one')

let waiting = []

serve(shop(write))

function write(work) {
  const { promise, resolve, reject } = Promise.withResolvers()
  if (waiting.push({ work, resolve, reject }) === 1) setImmediate(commitAll)
  return promise
}

function commitAll() {
  const writes = waiting
  waiting = []
  begin.run()
  const outcomes = writes.map(({ work }) => attempt(work))
  commit.run()
  writes.forEach(({ resolve, reject }, at) => {
    const { row, error } = outcomes[at]
    if (error === undefined) resolve(row)
    else reject(error)
  })
}

/** One of them under a savepoint: its refusal undoes nothing of the others. */
function attempt(work) {
  save.run()
  try {
    const row = work()
    keep.run()
    return { row }
  } catch (error) {
    undo.run()
    keep.run()
    return { error: refused(error) }
  }
}
