import { EXIT } from '../exit-code.js'
import { graceText } from './grace.js'

// What giving leases back and closing the store may take once everything was cut off. Real time.
const LAST_MS = 2_000

/**
 * SIGINT and SIGTERM while work is under way. The first asks for a stop: nothing new is begun, and what is under way
 * may end within the grace. The second, or the end of the grace, cuts that off, which loses nothing either. A third ends
 * the process on the spot, and so does whatever still keeps it two seconds after the cut.
 */
export class Interrupts implements Disposable {
  readonly #graceMs: number
  readonly #say: (text: string) => void
  readonly #asked = new AbortController()
  readonly #cut = new AbortController()
  #isUnderWay = true
  #isAsking = false
  #timer: NodeJS.Timeout | undefined

  /** `graceMs` is real time; `say` is told once of each signal that changes something. */
  constructor(params: { readonly graceMs: number; readonly say: (text: string) => void }) {
    this.#graceMs = params.graceMs
    this.#say = params.say
    process.on('SIGINT', this.#onSignal)
    process.on('SIGTERM', this.#onSignal)
  }

  /** Says whether anything is under way that may end after the first signal; else its words are none of that. Default: true. */
  set isUnderWay(isUnderWay: boolean) {
    this.#isUnderWay = isUnderWay
  }

  /** Says whether a question stands on the terminal: then the first signal answers it, and whoever asked says what that means. */
  set isAsking(isAsking: boolean) {
    this.#isAsking = isAsking
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#asked.signal
  }

  /** Resolves at the first signal. */
  asked(): Promise<void> {
    const { signal } = this.#asked
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Aborted by the second, or when the grace is over. */
  get cut(): AbortSignal {
    return this.#cut.signal
  }

  /** Lets signals do what they usually do. */
  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
    clearTimeout(this.#timer)
  }

  readonly #onSignal = (): void => {
    if (this.#cut.signal.aborted) process.exit(EXIT.interrupted)
    if (this.#asked.signal.aborted) this.#cutOff('stopping at once')
    else this.#ask()
  }

  #ask(): void {
    const mayEnd = `stopping: what is under way may end, within ${graceText(this.#graceMs)}; once more stops at once`
    if (!this.#isAsking) this.#say(this.#isUnderWay ? mayEnd : 'stopping')
    const over = (): void =>
      this.#cutOff(`${graceText(this.#graceMs)} are over: what is under way is cut off`)
    this.#timer = setTimeout(over, this.#graceMs).unref()
    this.#asked.abort()
  }

  #cutOff(text: string): void {
    clearTimeout(this.#timer)
    this.#say(text)
    this.#timer = setTimeout(() => process.exit(EXIT.interrupted), LAST_MS).unref()
    this.#cut.abort()
  }
}
