// An app's tables on both engines, empty each time: what tests of rows, pages and rules work on.
import { after, before, describe, test, type TestContext } from 'node:test'
import { postgresForTests } from '../../../test/postgres.ts'
import type { Model } from '../../define/model.ts'
import type { Engine } from '../contract.ts'
import { createStatements } from '../migrate/create.ts'
import { openPostgres } from '../postgres/index.ts'
import { RowStore } from '../row_store.ts'
import { openSqlite } from '../sqlite/index.ts'
import { tablesOf } from '../tables.ts'

/** A model's tables in one engine. */
export interface ModelScene {
  readonly name: string
  readonly engine: Engine
  readonly model: Model
  readonly store: (noun: string) => RowStore
  /** Removes every row. */
  empty(): Promise<void>
}

/** Registers the tests once for each engine; PostgreSQL is skipped, with the reason, where none answers. */
export function onBothEngines(title: string, model: Model, tests: (it: TestOf) => void): void {
  for (const [name, open] of Object.entries(engines)) {
    void describe(`${title}, ${name}`, () => {
      const opened: { scene?: ModelScene; skip?: string; close?: () => Promise<void> } = {}
      before(async () => {
        const found = await open()
        if ('skip' in found) opened.skip = found.skip
        else {
          opened.close = found.close
          opened.scene = await sceneOf(name, found.engine, model)
        }
      })
      after(() => opened.close?.())
      tests((what, run) => {
        void test(what, async (t) => {
          if (opened.scene === undefined) return t.skip(opened.skip)
          await opened.scene.empty()
          await run(opened.scene, t)
        })
      })
    })
  }
}

/** One test on one engine. */
export type TestOf = (title: string, run: (scene: ModelScene, t: TestContext) => Promise<void>) => void

async function sceneOf(name: string, engine: Engine, model: Model): Promise<ModelScene> {
  const catalog = tablesOf(model)
  await engine.script(createStatements(catalog, engine.dialect, engine.facts))
  const stores = new Map(
    [...model.nouns.values()].map((noun) => [noun.name, new RowStore(noun, model.nouns, engine.dialect)]),
  )
  const deletes = catalog.tables.map((table) => `delete from "${table.name}"`).toReversed()
  return {
    name,
    engine,
    model,
    store: (noun) => stores.get(noun) ?? missing(noun),
    empty: () => engine.script(deletes),
  }
}

function missing(noun: string): never {
  throw new TypeError(`the model has no "${noun}"`)
}

type Opened = { readonly engine: Engine; readonly close: () => Promise<void> } | { readonly skip: string }

const engines: Readonly<Record<string, () => Promise<Opened>>> = {
  SQLite: async () => {
    const engine = await openSqlite({ file: ':memory:' })
    return { engine, close: () => engine.close() }
  },
  PostgreSQL: async () => {
    const database = await postgresForTests()
    if ('skip' in database) return database
    const engine = await openPostgres({ url: database.url })
    return { engine, close: () => engine.close().then(() => database.drop()) }
  },
}
