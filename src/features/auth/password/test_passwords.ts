// A cheap hasher for tests, so that hundreds of passwords cost what one does in earnest; and a list of its own.
import { systemRandom } from '../../../base/random.ts'
import { compileBreached, readBreached } from './breached.ts'
import { createBulkhead } from './bulkhead.ts'
import { createPasswords, type PasswordMeans } from './passwords.ts'
import { cheapPreset } from './schemes.ts'

export const cheap = cheapPreset

export const openBulkhead = () => createBulkhead({ concurrency: 2, queue: 1_000, workMs: 1 })

export const passwords = (over: Partial<PasswordMeans> = {}) =>
  createPasswords({ preset: cheap, peppers: [], bulkhead: openBulkhead(), random: systemRandom, ...over })

export const shortList = readBreached(
  compileBreached(['password123456789', 'Correct Horse Battery', 'trustno1trustme!', 'zażółć gęślą jaźń']),
)
