// An Express API as somebody wrote it long ago, with five lines added: sign-in, and who may do what.
import express, { type Express } from 'express'
import { type Auth, role, signedIn } from 'plinth/auth'

interface Invoice {
  readonly of: string
  readonly amount: string
}

export function createApi(auth: Auth): Express {
  const invoices: Invoice[] = []
  const api = express()
  const { requires, callerOf } = auth.express
  api.use(auth.express.routes)
  api.use(express.json())
  api.get('/prices', (_request, response) => void response.json([{ plan: 'small', amount: '9.00' }]))
  api.post('/invoices', requires(signedIn), (request, response) => {
    const { amount }: { amount: unknown } = request.body
    const made = { of: callerOf(request).id, amount: String(amount) }
    invoices.push(made)
    response.status(201).json(made)
  })
  api.get('/invoices', requires(signedIn), (request, response) => {
    response.json(invoices.filter(({ of }) => of === callerOf(request).id))
  })
  api.get('/invoices/all', requires(role('accountant')), (_request, response) => void response.json(invoices))
  return api
}
