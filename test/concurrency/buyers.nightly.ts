// The same with a thousand buyers of a hundred items.
import { buyersSuite } from './buyers_suite.ts'

await buyersSuite({ buyers: 1_000, items: 100 })
