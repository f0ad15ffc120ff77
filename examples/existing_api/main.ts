// Starts the API; the accounts are kept where DATABASE_URL says.
import { openAuth } from 'plinth/auth'
import { createApi } from './api.ts'

const auth = await openAuth('invoices')
createApi(auth).listen(3000, '127.0.0.1', () => console.log('The API is up on http://localhost:3000'))
