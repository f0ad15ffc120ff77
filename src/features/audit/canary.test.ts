// Canaries through every operation and every end of it; five hundred of each kind by night.
import { canarySuite } from './test_canaries.ts'

canarySuite('canaries', 1)
