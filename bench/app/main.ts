// Runs the shop of the measurements.
import { run } from 'plinth'
import shop from './app.ts'

await run(shop)
