// The thread that copies the log into the database file, on a connection of its own: syncing would stop the event loop.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { resultCode } from './errors.ts'

/** What the thread answers to a request: that it is done, or SQLite's error. */
export type CheckpointAnswer = { readonly done: true } | { readonly failed: string; readonly code: number | undefined }

/** What the thread is asked for. PASSIVE alone: every other kind takes the writer's lock. */
export type CheckpointRequest = 'passive' | 'close'

function checkpoint(database: DatabaseSync): CheckpointAnswer {
  try {
    database.prepare('pragma wal_checkpoint(passive)').get()
    return { done: true }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error), code: resultCode(error) }
  }
}

function serve(file: string): void {
  const port = parentPort
  if (port === null) throw new Error('the checkpoint thread was not started as a thread')
  const database = new DatabaseSync(file, { timeout: 0 })
  // The database file is synced by the checkpoint itself at NORMAL; FULL would change nothing here.
  database.exec('pragma synchronous = 1; pragma wal_autocheckpoint = 0')
  port.on('message', (request: CheckpointRequest) => {
    if (request === 'passive') return port.postMessage(checkpoint(database))
    database.close()
    port.close()
  })
}

// Importing this file's types must not start anything.
if (typeof workerData === 'object' && workerData !== null && typeof workerData.checkpointOf === 'string') {
  serve(workerData.checkpointOf)
}
