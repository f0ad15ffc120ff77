// What would let a transaction of SQLite suffer from those beside it, or a read be late: each fault turns its test red.
import { control } from './seeded.ts'

const groups = 'src/store/sqlite/group.test.ts'

control('what another has undone is not run again', {
  file: 'src/store/sqlite/writer.ts',
  edits: [['return group.members === 1 ? { error: end.error } : undefined', 'return { error: end.error }']],
  tests: groups,
  titles: ['a write whose failure undoes the whole'],
})

control('a write is answered before its group has ended', {
  file: 'src/store/sqlite/writer.ts',
  edits: [['const end = await group.ended', 'const end = { isKept: true, error: undefined }']],
  tests: groups,
  titles: ['a write whose failure undoes the whole'],
})

control('an operation that was seen to wait holds others again', {
  file: 'src/store/sqlite/writer.ts',
  edits: [['this.#slow.add(name)', '']],
  tests: groups,
  titles: ['a write that waits for something else than the database'],
})

control('a reader keeps what was before a commit', {
  file: 'src/store/sqlite/groups.ts',
  edits: [['      this.#options.onCommit()\n      if (group.commit())', '      if (group.commit())']],
  tests: 'src/store/sqlite/readers.test.ts',
  titles: ['a statement sees what was committed before it'],
})
