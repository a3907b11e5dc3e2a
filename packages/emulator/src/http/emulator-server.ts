import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { VirtualClock } from '../clock/virtual-clock.js'
import { AdminApi, InvalidOptionError, type ProviderModel } from '../model/index.js'
import { answerControl } from './answer-control.js'
import { type AnyAnswer, answerRequest, plainError } from './answer-request.js'
import { routeOf } from './route.js'
import { sendAnswer } from './send-answer.js'

/** What a server needs. */
export interface EmulatorServerParams {
  readonly model: ProviderModel
  readonly clock: VirtualClock
  /** Real milliseconds that each answer of the API waits. */
  readonly latencyMs: number
  readonly describe: () => object
  /** Called after each call of the API has been judged, before it is answered. */
  readonly onCall: () => void
}

// A call and its answer cross the event loop some times, and so does what a client does between two calls, such as its
// store's work; whoever makes one call after the other is seen within so many turns.
const QUIET_TURNS = 200
const MOST_TURNS = 100_000

const ANOTHER_PORT = 'Name another one, or none for any that is free. No emulator was started.'

/** The HTTP side: takes requests apart, asks the model, sends what it says. Decides nothing. */
export class EmulatorServer {
  readonly #params: EmulatorServerParams
  readonly #server: Server
  readonly #admin: AdminApi
  #activity = 0

  constructor(params: EmulatorServerParams) {
    this.#params = params
    this.#admin = new AdminApi(params.model)
    // A large upload over a slow line may take longer than the default of five minutes; and idle
    // connections are kept longer than clients keep them, so that none dies under a request.
    this.#server = createServer(
      { requestTimeout: 0, keepAliveTimeout: 75_000 },
      (request, response) => {
        void this.#handle(request, response)
      },
    )
  }

  /**
   * Listens and returns the base URL. Port 0 takes any free one.
   *
   * @throws {InvalidOptionError} when there is nothing to listen on, with the system's error as its cause.
   */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen(port, host)
    try {
      await once(this.#server, 'listening')
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      const isTaken = code === 'EADDRINUSE'
      const expected = isTaken
        ? `one that is free on ${host}`
        : `one to listen on at ${host} (${code})`
      throw new InvalidOptionError('port', expected, port, ANOTHER_PORT, { cause: error })
    }
    const { port: actual } = this.#server.address() as AddressInfo
    return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
  }

  /** Resolves when no call has come and none has been answered for some turns of the event loop. */
  async rest(): Promise<void> {
    let seen = this.#activity
    for (let quiet = 0, turns = 0; quiet < QUIET_TURNS && turns < MOST_TURNS; turns++) {
      await setImmediate()
      quiet = seen === this.#activity ? quiet + 1 : 0
      seen = this.#activity
    }
  }

  /** Ends every connection, answered or not, and stops. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#activity++
    response.once('close', () => {
      this.#activity++
    })
    // Clients that go away are part of the game; what they did is in the ledger.
    request.on('error', () => {})
    response.on('error', () => {})
    // Clients tell the time by this header, so all answers bear virtual time.
    response.setHeader('date', new Date(this.#params.clock.now()).toUTCString())
    try {
      const answer = await this.#answer(request)
      if (answer !== null) await sendAnswer(answer, response)
    } catch (error) {
      const text = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
      if (response.headersSent) {
        response.destroy()
        return
      }
      // What the test's own code threw would be thrown again at each try.
      response.setHeader('x-should-retry', 'false')
      await sendAnswer(plainError(500, 'api_error', text), response)
    }
  }

  async #answer(request: IncomingMessage): Promise<AnyAnswer> {
    const { model, clock, latencyMs, describe, onCall } = this.#params
    const url = new URL(request.url ?? '/', 'http://emulator')
    const route = routeOf(request.method ?? 'GET', url.pathname)
    if (route.type === 'control') {
      return answerControl({ request, url, name: route.name, model, clock, describe })
    }
    const now = (): number => clock.now()
    const answer = await answerRequest({ request, url, route, model, admin: this.#admin, now })
    onCall()
    if (latencyMs > 0) await setTimeout(latencyMs, undefined, { ref: false })
    return answer
  }
}
