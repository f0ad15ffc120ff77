// The shop of the measurements as an app.
import { app } from 'plinth'
import * as shop from './shop.ts'

export default app('bench', shop, { title: 'Bench', version: '1.0.0', description: 'The shop that is measured.' })
