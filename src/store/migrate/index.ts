// Migrations: from the tables a model wants and the tables that are there to steps, files, and a schema that fits.
export { createStatements } from './create.ts'
export { type Change, diff } from './diff.ts'
export { applyDirectly, type DirectOptions, MigrationRefused } from './direct.ts'
export { planChanges, planMigration } from './plan.ts'
export type { Plan, PlanOptions, Refusal, Step } from './step.ts'
