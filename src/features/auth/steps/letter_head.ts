// What every letter of a house begins with.
import type { House } from '../../../call/house.ts'
import type { LetterHead } from '../letters.ts'

/** Links begin with PUBLIC_URL, never with what a request says of its host. */
export const headOf = ({ model, services }: House): LetterHead => ({
  app: model.app.options.title ?? model.name,
  publicUrl: services.publicUrl ?? 'http://localhost',
})
