// A job as the queue works with it: its row, by field.
import { type House, storeOf } from '../../call/house.ts'
import type { Stored } from '../../define/field.ts'
import type { Row } from '../../define/resource.ts'
import { type Layout, serverValues, type StoredRow } from '../../store/layout.ts'
import { jobs } from './nouns.ts'

export type JobRow = Omit<Row<typeof jobs>, 'priority'>

/** Where the jobs lie. */
export const layoutOf = (house: House): Layout => storeOf(house, jobs.name).layout

/** A stored job by field. */
export const jobOf = (house: House, row: StoredRow): JobRow =>
  serverValues(layoutOf(house), row, house.sealing) as JobRow // the layout's names are the noun's

/** A row laid out; what is not given is null. */
export const laidOut = (layout: Layout, values: Readonly<Record<string, Stored>>): StoredRow =>
  layout.columns.map(({ name }) => values[name] ?? null)
