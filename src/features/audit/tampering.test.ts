// A hundred random tamperings with the audit on SQLite, and fewer on PostgreSQL: the long run is the nightly one.
import { tamperingSuite } from './test_tampering.ts'

tamperingSuite('tampering with the audit', { sqlite: 100, postgres: 30 })
