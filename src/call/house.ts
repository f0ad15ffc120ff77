// What every call needs of the house it is in: the engine, the nouns' stores, the keys, the clock.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Keyring } from '../base/seal.ts'
import type { Model } from '../define/model.ts'
import type { Engine } from '../store/contract.ts'
import type { CursorSeal } from '../store/cursor.ts'
import type { Sealing } from '../store/layout.ts'
import type { RowStore } from '../store/row_store.ts'
import type { Chain } from './chain.ts'

/** Who an app is to a service that signs people in. */
export interface SignInClient {
  readonly id: string
  readonly secret: string
}

/** Addresses of what is outside, where the configuration has them. */
export interface Services {
  /** RabbitMQ. */
  readonly amqp?: string | undefined
  readonly nats?: string | undefined
  /** SMTP_URL; without it mails stay in the mailbox of development. */
  readonly smtp?: string | undefined
  /** MAIL_FROM; default no-reply at the host of PUBLIC_URL. */
  readonly mailFrom?: string | undefined
  /** The address clients know; links in mails begin with it. */
  readonly publicUrl?: string | undefined
  readonly isDevelopment?: boolean | undefined
  /** Hashes of passwords that cost next to nothing, for tests of flows; never outside development. */
  readonly cheapHashes?: boolean | undefined
  /** Secrets of the applications that the app declares, by the variables that hold them. */
  readonly clientSecrets?: Readonly<Record<string, string>> | undefined
  /** The file or folder that the audit's checkpoints are written to, outside the database. */
  readonly anchor?: string | undefined
  /** By the names of the app's providers. */
  readonly signIn?: ReadonlyMap<string, SignInClient> | undefined
}

export interface House {
  readonly model: Model
  readonly engine: Engine
  readonly stores: ReadonlyMap<string, RowStore>
  readonly clock: Clock
  readonly random: Random
  /** New ids, in the order of creation. */
  readonly id: () => string
  /** Keys derived from PLINTH_SECRET. */
  readonly keys: Keyring
  readonly cursors: CursorSeal
  readonly sealing: Sealing
  readonly log: Log
  readonly services: Services
  /** What commits together with the rows. */
  readonly chain: Chain
}

/** The store of a noun that the model names. */
export function storeOf(house: House, noun: string): RowStore {
  const store = house.stores.get(noun)
  if (store === undefined) throw new TypeError(`"${noun}" is not among the app's parts`)
  return store
}
