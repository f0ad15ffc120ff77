// The app of the tests of `plinth user` and `plinth key`: notes that staff see.
import { app, resource, role, text } from '../define/index.ts'

const notes = resource('notes', { fields: { text: text() }, allow: { list: [role('staff')] } })

export default app('desk', { notes })
