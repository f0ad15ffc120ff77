// The control of the storage errors: a careful server on plain node:sqlite, synchronous=FULL, without a fail-stop.
import { createServer, type ServerResponse } from 'node:http'
import { argv, stdout } from 'node:process'
import { DatabaseSync } from 'node:sqlite'

function serve(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  database.exec('create table if not exists rows (body text not null) strict')
  const insert = database.prepare('insert into rows values (?)')
  const answer = (response: ServerResponse, status: number): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end('{"id":"1","moves":1}')
  }
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      try {
        insert.run(request.url ?? '')
        answer(response, 201)
      } catch {
        answer(response, 503) // what such servers do: this request failed, the next one may go
      }
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') stdout.write(` is up on http://127.0.0.1:${address.port}\n`)
  })
}

const [, self, file] = argv
if (self !== undefined && import.meta.filename === self && file !== undefined) serve(file)
