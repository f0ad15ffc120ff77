// The app of the tests of `plinth jobs`: mail that nobody answers.
import { app, job, text } from '../define/index.ts'

export const doomed = job('doomed', {
  input: { to: text({ max: 40 }) },
  attempts: 1,
  run: async ({ input }) => {
    throw new Error(`${input.to} does not answer`)
  },
})

export default app('mails', { doomed })
