// Runs the shop with the Northwind data in it.
import { run } from 'plinth'
import shop from './app.ts'
import { loadNorthwind } from './northwind/load.ts'

await run(shop, { data: { roles: ['staff'], load: loadNorthwind } })
