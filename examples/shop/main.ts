// Runs the shop.
import { run } from 'plinth'
import shop from './app.ts'

await run(shop)
