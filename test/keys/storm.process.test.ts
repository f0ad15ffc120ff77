// Three processes of one PostgreSQL, and many twins of each key at all of them: one effect, one answer.
import { stormSuite } from './storm_suite.ts'

await stormSuite({ keys: 6, twins: 64, abreast: 2 })
