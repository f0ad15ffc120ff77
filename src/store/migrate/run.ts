// Runs one step on an engine: in a transaction, or repeatably outside one, or in batches; waits politely for its locks.
import { type Engine, StoreError, type Transaction } from '../contract.ts'
import { runBatches } from './batch.ts'
import { longStepMs, lockTimeoutMs, patiently, type RunOptions } from './patience.ts'
import type { Step } from './step.ts'

/** Runs the step; its work is durable then. Fails with StoreError, having changed nothing it cannot repeat. */
export async function runStep(engine: Engine, step: Step, options: RunOptions = {}): Promise<void> {
  if (step.batch !== undefined) return await runBatches(engine, step, options)
  if (!step.transaction) return await patiently(options, () => outside(engine, step, options))
  if (step.rebuild === true && !engine.facts.manyProcesses)
    return await withoutForeignKeys(engine, () => inside(engine, step, options))
  await patiently(options, () => inside(engine, step, options))
}

async function inside(engine: Engine, step: Step, options: RunOptions): Promise<void> {
  await engine.write({ name: step.name, isolation: 'locked', deadlineMs: longStepMs }, async (tx) => {
    if (engine.facts.manyProcesses)
      await each(tx, [`set local lock_timeout = ${lockTimeoutMs}`, `set local statement_timeout = ${longStepMs}`])
    await each(tx, spelled(engine, step))
    if (step.rebuild === true) await checkForeignKeys(tx)
    await options.done?.(tx)
  })
}

// Whose database it is, and so what its roles are called, is known only where the step is run.
const spelled = ({ security }: Engine, { sql }: Step): readonly string[] =>
  security === undefined ? sql : sql.map((statement) => security.spell(statement))

async function each(tx: Transaction, statements: readonly string[]): Promise<void> {
  for (const text of statements) await tx.all({ text, reads: [] }, [])
}

// Building an index waits for older transactions, but nobody waits for it: it may take its time.
async function outside(engine: Engine, step: Step, options: RunOptions): Promise<void> {
  await engine.script(['set lock_timeout = 0', `set statement_timeout = ${longStepMs}`, ...spelled(engine, step)])
  await engine.write({ name: step.name, isolation: 'locked' }, async (tx) => options.done?.(tx))
}

// The switch is a no-op inside a transaction, so it is thrown around it (SQLite's documentation, "12 steps").
async function withoutForeignKeys(engine: Engine, work: () => Promise<void>): Promise<void> {
  await engine.script(['pragma foreign_keys = off'])
  try {
    await work()
  } finally {
    await engine.script(['pragma foreign_keys = on'])
  }
}

async function checkForeignKeys(tx: Transaction): Promise<void> {
  const broken = await tx.all(
    { text: 'select "table", "parent" from pragma_foreign_key_check', reads: ['text', 'text'] },
    [],
  )
  const [first] = broken
  if (first === undefined) return
  throw new StoreError(
    'foreign_key',
    `${broken.length} rows of ${first[0]} would refer to rows of ${first[1]} that are not there`,
  )
}
