// Loaded before everything else in a process that is to have a fault: puts it into the source while that is read.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { env } from 'node:process'
import { pathToFileURL } from 'node:url'
import { type Fault, seededEnvironment, withEdits } from './fault.ts'

const root = join(import.meta.dirname, '../..')
const faults = JSON.parse(env[seededEnvironment] ?? '') as Fault[] // only `seeded.ts` writes it
const seeded = new Map(faults.map((fault) => [pathToFileURL(join(root, fault.file)).href, fault]))

registerHooks({
  load: (url, context, next) => {
    const fault = seeded.get(url)
    if (fault === undefined) return next(url, context)
    const source = withEdits(readFileSync(join(root, fault.file), 'utf8'), fault)
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
