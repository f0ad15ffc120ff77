// Ten thousand random tamperings with the audit.
import { tamperingSuite } from './test_tampering.ts'

tamperingSuite('tampering with the audit, all night', { sqlite: 10_000, postgres: 2_000 })
