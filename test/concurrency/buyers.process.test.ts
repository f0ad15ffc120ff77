// Buyers at processes over HTTP: a hundred and twenty here, a thousand at night.
import { buyersSuite } from './buyers_suite.ts'

await buyersSuite({ buyers: 120, items: 12 })
