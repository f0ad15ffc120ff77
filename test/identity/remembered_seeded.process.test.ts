// What would forget too much, or too little, of who calls: each fault, seeded into the source, turns its test red.
import { control, type Seeded } from '../seeded/seeded.ts'

const tests = 'test/identity/remembered.test.ts'
const others = 'writes about one account leave what is remembered of another'
const own = 'what is remembered of an account ends with it at once, and for nobody else'

const inMemory = (edits: Seeded['edits'], title: string): Seeded => ({
  file: 'src/features/auth/memory.ts',
  edits,
  tests,
  titles: [title],
})

control('every write forgets everybody', inMemory([['kept.forget(about)', 'kept.forget(undefined)']], others))

control('no write forgets what is remembered', inMemory([['    kept.forget(about)\n', '']], own))

control('that a key was found to be nobody’s is remembered beyond what made it so', {
  ...inMemory(
    [['      dropAllOf(nobodys)\n', '']],
    'that nothing was found, and what is nobody’s, is forgotten with any write',
  ),
  tests: 'src/features/auth/memory.test.ts',
})

control('a session that was written is not said to be of its account', {
  file: 'src/features/accounts/sessions.ts',
  edits: [["wakes: { channel: 'sessions', about: ['account'] }", "wakes: { channel: 'sessions', about: ['id'] }"]],
  tests,
  titles: [own],
})

control('an account that was written is not said to be itself', {
  file: 'src/features/accounts/accounts.ts',
  edits: [["  wakes: { channel: 'sessions', about: ['id'] },\n", '']],
  tests,
  titles: [own],
})

// What a look saw before a write is no knowledge after it.
control('a look that was under way is remembered', {
  ...inMemory(
    [['if (!isAbout(heard, whose)) kept', 'kept']],
    'what was looked up while it was written is not remembered, and what is another’s is',
  ),
  tests: 'src/features/auth/memory.test.ts',
})
