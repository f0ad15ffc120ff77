// An app with something to hide in every kind of place, and operations that end in every way: what the canaries fly in.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import {
  action,
  app,
  type App,
  ensure,
  event,
  handle,
  integer,
  items,
  job,
  Problem,
  problem,
  resource,
  role,
  secret,
  signedIn,
  text,
} from '../../index.ts'

const staff = role('staff')

/** The app; where nothing is hidden it is the control, in which every canary must be found. */
export function canaryApp(isHidden: boolean): App {
  const boxes = boxesOf(isHidden)
  const parts = { boxes, ...keepingOf(boxes), ...refusingOf(boxes), ...failingOf(boxes) }
  return app('canaries', parts, { routes: { '/own': routesOf(boxes) } })
}

type Boxes = ReturnType<typeof boxesOf>

function boxesOf(isHidden: boolean) {
  const hidden = { private: isHidden } as const
  return resource('boxes', {
    fields: {
      name: text({ max: 40 }),
      note: text({ max: 100, default: '', ...hidden }),
      tag: text({ max: 100, optional: true, ...hidden }),
      pin: isHidden ? secret({ optional: true }) : text({ max: 100, optional: true }),
      grade: integer({ min: 0, max: 9, default: 0 }),
      parts: items(
        { label: text({ max: 40 }), mark: text({ max: 100, default: '', ...hidden }) },
        { max: 5, default: [] },
      ),
    },
    unique: [['tag']],
    allow: {
      list: [signedIn],
      read: [signedIn],
      history: [signedIn],
      create: [signedIn],
      update: [signedIn],
      delete: [staff],
      fields: { grade: { write: [staff] } },
    },
  })
}

const written = {
  allow: [signedIn],
  input: { note: text({ max: 200 }), tag: text({ max: 200 }), pin: text({ max: 200 }) },
  output: 'nothing',
} as const

/** What is kept, told and promised; the handler refuses and the job fails. */
function keepingOf(boxes: Boxes): object {
  const opened = event('boxes.opened', { of: boxes, fields: { by: text({ max: 40 }) } })
  const tidy = job('boxes.tidy', {
    input: { box: text({ max: 40 }) },
    attempts: 1,
    run: async () => {
      throw new TypeError('a job that fails')
    },
  })
  const keep = action(boxes, 'keep', {
    ...written,
    async run({ row, input, tx }) {
      await tx.update(boxes, row.id, { ...input, parts: [{ label: 'one', mark: input.note }] })
      await tx.emit(opened, row.id, { by: 'keep' })
      await tx.enqueue(tidy, { box: row.id })
    },
  })
  const thank = handle(opened, 'thank', async ({ event: { of }, tx }) => {
    const row = await tx.get(boxes, of)
    ensure(row.name === '', 'conflict', 'A handler that refuses.')
  })
  return { opened, tidy, keep, thank }
}

/** What says no: with its work undone, and with its work kept. */
function refusingOf(boxes: Boxes): object {
  const refuse = action(boxes, 'refuse', {
    ...written,
    async run({ row, input, tx }) {
      await tx.update(boxes, row.id, input)
      throw new Problem('conflict', 'It is refused.')
    },
  })
  const returned = action(boxes, 'returned', {
    ...written,
    async run({ row, input, tx }) {
      await tx.update(boxes, row.id, { ...input, tag: null })
      return problem('conflict', 'It is refused, and kept.')
    },
  })
  return { refuse, returned }
}

/** What fails: code of the app, and what the database refuses by itself (a check, a value that is no number). */
function failingOf(boxes: Boxes): object {
  const fault = action(boxes, 'fault', {
    ...written,
    async run({ row, input, tx }) {
      await tx.update(boxes, row.id, input)
      throw new TypeError('a fault of ours')
    },
  })
  const broken = action(boxes, 'broken', {
    ...written,
    async run({ row, input, tx }) {
      const long = { note: input.note.repeat(10) }
      await tx.sql({ boxes }).updateTable('boxes').set(long).where('id', '=', row.id).execute()
    },
  })
  const cast = action(boxes, 'cast', {
    ...written,
    async run({ input, tx }) {
      const from = tx.sql({ boxes }).selectFrom('boxes')
      await from.select(sql`cast(${input.pin} as integer) / 0`.as('n')).execute()
      await from.select(sql`missing(${input.note})`.as('n')).execute()
    },
  })
  return { fault, broken, cast }
}

/** A route of the app's own that writes what it is sent. */
function routesOf(boxes: Boxes): FastifyPluginAsync {
  async function keep(request: FastifyRequest): Promise<object> {
    const call = await request.plinth()
    await call.transaction(async (tx) => {
      const [box] = await tx.find(boxes, {}, { limit: 1 })
      if (box !== undefined) await tx.update(boxes, box.id, Object(request.body))
    })
    return { ok: true }
  }
  return async (scope) => {
    scope.route({ method: 'POST', url: '/keep', handler: keep })
  }
}
