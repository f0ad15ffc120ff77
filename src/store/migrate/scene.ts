// What the steps of one phase of a plan are made from, and the making of one step.
import type { Catalog, Table } from '../catalog.ts'
import type { Spelling } from './create.ts'
import type { Phase, Step } from './step.ts'

export interface Scene {
  readonly spelling: Spelling
  /** The tables as they are when the phase begins. */
  readonly from: Catalog
  /** The tables as they are when the phase is done. */
  readonly goal: Catalog
  readonly phase: Phase
  readonly oldest: string
  /** Values for rows that hold none, by `table.column`. */
  readonly fill: Readonly<Record<string, string | number | boolean>>
}

type Draft = Pick<Step, 'name' | 'rule' | 'sql'> & Partial<Step>

/** Completes a step with what most steps of its phase have in common. */
export const stepOf = (scene: Scene, draft: Draft): Step => ({
  phase: scene.phase,
  transaction: true,
  safe: true,
  oldest: scene.oldest,
  ...draft,
})

/** A table of a catalog, by name. Fails with TypeError when there is none. */
export function tableOf(catalog: Catalog, name: string): Table {
  const table = catalog.tables.find((one) => one.name === name)
  if (table === undefined) throw new TypeError(`the plan has no table "${name}"`)
  return table
}
