import { InvariantError, StoreClosedError, StoreUnavailableError } from '@halfrate/core'
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client'
import type { Script } from '../scripts/script.js'
import { translateError } from './translate-error.js'

/** A word of a command: text, or bytes as they are. */
export type Word = string | Uint8Array

/** What a server answers in RESP 2, with texts read as UTF-8. */
export type Reply = string | number | null | readonly Reply[]

const BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const

// RESP 2 answers numbers of sorted sets as text, which loses nothing.
type Client = ReturnType<typeof clientOf>

/** How a connection is made. */
export interface ConnectionOptions {
  readonly url: string
  /** How long to try to connect at first, milliseconds. */
  readonly connectTimeoutMs: number
  /** How long a command may take before its outcome counts as unknown, milliseconds. */
  readonly answerTimeoutMs: number
  /** Looks at a server that was just connected to, and throws when it must not be used. */
  readonly check: (ask: (words: readonly string[]) => Promise<Reply>) => Promise<void>
}

/**
 * One connection. A command whose answer is lost is never sent again by itself: it throws
 * `StoreUnavailableError`, and whoever called decides.
 */
export class Connection {
  readonly #client: Client
  readonly #options: ConnectionOptions
  /** Null until the server that is connected to was looked at. */
  #checked: Promise<void> | null = null
  #lastError: unknown = null
  #isClosed = false

  private constructor(options: ConnectionOptions) {
    this.#options = options
    this.#client = clientOf(options.url)
    // Without a listener it would end the process; the command that meets it says it.
    this.#client.on('error', (error: unknown) => {
      this.#lastError = error
    })
    // Also after the server came back, perhaps with other settings or without its data.
    this.#client.on('ready', () => {
      this.#checked = null
    })
  }

  /** Connects and checks the server, or throws what is wrong with it. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options)
    try {
      await connection.#connect()
      await connection.#check()
    } catch (error) {
      connection.#client.destroy()
      throw translateError(error)
    }
    return connection
  }

  /** Sends a command and answers with text. */
  async ask<T extends Reply>(...words: readonly Word[]): Promise<T> {
    return (await this.#sendChecked(words)) as T
  }

  /** Reads values as bytes, null where there is none. */
  async bytes(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    if (keys.length === 0) return []
    const found: unknown = await this.#sendChecked(['MGET', ...keys], BYTES)
    // Copied, since the client cuts small values out of larger buffers.
    return (found as readonly (Buffer | null)[]).map((value) =>
      value === null ? null : Uint8Array.from(value),
    )
  }

  /** Runs a script, loading it when the server does not know it yet. */
  async run<T extends Reply>(script: Script, args: readonly Word[]): Promise<T> {
    try {
      return await this.ask<T>('EVALSHA', script.sha, '0', ...args)
    } catch (error) {
      // The only failure after which a script surely has not run.
      if (!(error instanceof Error) || !isUnknownScript(error)) throw error
      return this.ask<T>('EVAL', script.lua, '0', ...args)
    }
  }

  /** Ends the connection. @throws {StoreClosedError} when it is ended already. */
  async close(): Promise<void> {
    if (this.#isClosed) throw new StoreClosedError()
    this.#isClosed = true
    this.#client.destroy()
  }

  async #connect(): Promise<void> {
    // The client would try a wrong password again and again.
    const refused = new Promise<never>((_, reject) => {
      this.#client.on('error', (error: unknown) => {
        if (error instanceof ErrorReply) reject(error)
      })
    })
    const connected = Promise.race([this.#client.connect(), refused])
    try {
      await inTime(connected, this.#options.connectTimeoutMs)
    } catch (error) {
      throw this.#lastError ?? error
    }
  }

  // One look serves all who wait for it; one that failed is repeated by whoever comes next.
  async #check(): Promise<void> {
    const looking = this.#checked ?? this.#options.check((words) => this.#send(words))
    this.#checked = looking
    try {
      await looking
    } catch (error) {
      if (this.#checked === looking) this.#checked = null
      throw error
    }
  }

  async #sendChecked(words: readonly Word[], options?: typeof BYTES): Promise<Reply> {
    if (this.#isClosed) throw new StoreClosedError()
    try {
      await this.#check()
      return await this.#send(words, options)
    } catch (error) {
      throw translateError(error)
    }
  }

  #send(words: readonly Word[], options?: typeof BYTES): Promise<Reply> {
    const args = words.map((word) => (typeof word === 'string' ? word : bufferOf(word)))
    return inTime(this.#client.sendCommand<Reply>(args, options), this.#options.answerTimeoutMs)
  }
}

// Whoever waits longer would hold a lease that has lapsed. An answer that comes later is dropped.
function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StoreUnavailableError(`Redis did not answer within ${ms} ms.`))
    }, ms)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function clientOf(url: string) {
  return createClient({
    url,
    RESP: 2,
    // A command that waits for a connection could be sent when nobody waits for it any more.
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (tries) => Math.min(tries * 50, 2_000) },
  })
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isUnknownScript(error: Error): boolean {
  const cause = error instanceof InvariantError ? error.cause : error
  return cause instanceof ErrorReply && cause.message.startsWith('NOSCRIPT')
}
