// The same with two hundred keys.
import { stormSuite } from './storm_suite.ts'

await stormSuite({ keys: 200, twins: 64, abreast: 4 })
