// A server that dies at any point of a call leaves its key usable: the work was done once and told, or not at all.
import { crashSuite } from './crash_suite.ts'

await crashSuite(['sqlite', 'postgres'], { seeds: 1, rounds: 4 })
