import type { Submission } from '../model/submission.js'
import type { QuarantinedLine, ResultLine } from '../ports/store-collecting.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { keepAside, type NumberedLine, refusedLines } from './keep-aside.js'
import { isBookable } from './read-lines.js'

// Lines come in no order, and a page of scattered requests rewrites nearly every page of the store's file. Ordered over
// many pages at a time, each page is a run of neighbours. Two windows are held at most: one that fills, one that is booked.
const WINDOW_LINES = 20_000
const WINDOW_BYTES = 24 * 1024 * 1024
// A page of huge lines is booked early, so that no transaction is huge.
const PAGE_BYTES = 16 * 1024 * 1024

/** Books the lines of one fetch: by page, in the order of their requests within a window of many pages. */
export class ResultBooker {
  readonly #context: EngineContext
  readonly #lease: HeldLease
  readonly #submission: Submission
  readonly #pageLimit: number
  #filling: NumberedLine<ResultLine>[] = []
  #fillingBytes = 0
  /** In order of their requests; booked up to `#bookedTo`. */
  #ordered: readonly NumberedLine<ResultLine>[] = []
  #bookedTo = 0
  #aside: QuarantinedLine[] = []
  /** The page that the store is booking. */
  #underWay: Promise<void> | null = null
  #addedLines = 0
  #addedBytes = 0

  constructor(context: EngineContext, lease: HeldLease, submission: Submission) {
    this.#context = context
    this.#lease = lease
    this.#submission = submission
    this.#pageLimit = context.store.traits.pageLimit
  }

  /** Whether a page's worth was added since the last call of {@link bookPage}, which is due then. */
  get isPageDue(): boolean {
    return this.#addedLines >= this.#pageLimit || this.#addedBytes >= PAGE_BYTES
  }

  /** Takes a line; nothing is stored yet. */
  add(line: ResultLine | QuarantinedLine, lineNumber: number): void {
    if (isBookable(line)) {
      this.#filling.push({ line, lineNumber })
      this.#fillingBytes += line.bytes.length
    } else {
      this.#aside.push(line)
    }
    this.#addedLines += 1
    this.#addedBytes += line.bytes.length
  }

  /**
   * Begins to book one page of the window before, once the page before it is booked, and turns to the window that fills
   * when it is full. Called whenever a page is due, it keeps step with the reader: while the store writes one page, and
   * never more, the provider goes on sending and the next lines are read.
   *
   * What is wrong with a page is thrown when the next one is due, or by {@link finish}.
   */
  async bookPage(): Promise<void> {
    this.#addedLines = 0
    this.#addedBytes = 0
    await this.#lease.keep()
    await this.#pageBooked()
    await this.#keepAside()
    const windowLines = Math.max(WINDOW_LINES, this.#pageLimit)
    const isFull = this.#filling.length >= windowLines || this.#fillingBytes >= WINDOW_BYTES
    if (isFull) await this.#turnWindow()
    this.#beginPage()
  }

  /** Books all that was added. */
  async finish(): Promise<void> {
    await this.#turnWindow()
    await this.#settleRest()
    await this.#keepAside()
  }

  /** Waits for the page that the store is booking. To be called when the fetch is over, however it ended. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined)
  }

  #beginPage(): void {
    const page = this.#settlePage()
    // Thrown by whoever waits for it; until then nobody has forgotten it.
    page.catch(() => undefined)
    this.#underWay = page
  }

  async #pageBooked(): Promise<void> {
    const page = this.#underWay
    this.#underWay = null
    await page
  }

  async #turnWindow(): Promise<void> {
    await this.#settleRest()
    // Also so that two collectors of one database lock rows in the same order.
    this.#ordered = this.#filling.sort((a, b) => a.line.requestId - b.line.requestId)
    this.#bookedTo = 0
    this.#filling = []
    this.#fillingBytes = 0
  }

  async #settleRest(): Promise<void> {
    await this.#pageBooked()
    while (this.#bookedTo < this.#ordered.length) {
      await this.#lease.keep()
      await this.#settlePage()
    }
  }

  async #settlePage(): Promise<void> {
    const page = this.#nextPage()
    if (page.length === 0) return
    const { id, twinOf } = this.#submission
    const { fresh, done, unknown, conflicts } = await this.#context.store.settle({
      submissionId: id,
      addMissing: twinOf !== null,
      lines: page.map(({ line }) => line),
    })
    this.#bookedTo += page.length
    if (fresh > 0) tell(this.#context, { type: 'settled', submissionId: id, fresh, done })
    this.#aside.push(...refusedLines(page, unknown, 'unknown_request'))
    this.#aside.push(...refusedLines(page, conflicts, 'conflict'))
  }

  #nextPage(): readonly NumberedLine<ResultLine>[] {
    const from = this.#bookedTo
    const most = Math.min(this.#ordered.length, from + this.#pageLimit)
    let to = from
    for (let bytes = 0; to < most && bytes < PAGE_BYTES; to += 1) {
      bytes += this.#ordered[to]?.line.bytes.length ?? 0
    }
    return this.#ordered.slice(from, to)
  }

  async #keepAside(): Promise<void> {
    const kept = this.#aside
    this.#aside = []
    await keepAside(this.#context, this.#submission, kept)
  }
}
