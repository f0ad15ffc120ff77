// Canaries by the hundred through every operation and every end of it.
import { canarySuite } from './test_canaries.ts'

canarySuite('canaries, all night', 25)
