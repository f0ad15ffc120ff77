// What would make a crowd of sign-ins cost everybody: the fault, seeded into the source, turns the test of it red.
import { control } from '../seeded/seeded.ts'

control('whoever comes is let in, counted, and refused only then', {
  file: 'src/features/auth/flows/login.ts',
  edits: [['authOf(house).entry.run(() => judge(house, origin, input))', 'judge(house, origin, input)']],
  tests: 'test/identity/crowd.test.ts',
  titles: ['a crowd is judged as far as there is room'],
})
