import type { Submission } from '../model/submission.js'
import type { QuarantinedLine, ResultLine } from '../ports/store-collecting.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { keepAside, type NumberedLine, refusedLines } from './keep-aside.js'
import { isBookable } from './read-lines.js'
import { warnIfOver } from './warn-if-over.js'

// Lines come in no order, and a page of scattered requests rewrites nearly every page of the store's file. Ordered over
// many pages at a time, each page is a run of neighbours. A window fills as the one before it is booked and let go, so
// little more than one is held. It is of all fetches of a worker together: each has its share, or as many batches as end
// at the same time would be held at the same time.
const WINDOW_LINES = 20_000
const WINDOW_BYTES = 24 * 1024 * 1024
// A page of huge lines is booked early, so that no transaction is huge.
const PAGE_BYTES = 16 * 1024 * 1024
// However many fetches there are, a page is worth a transaction.
const LEAST_LINES = 500

/**
 * Books the lines of one fetch: by page, in the order of their requests within a window of many pages. From the first
 * line on, until {@link ResultBooker.settled}, other fetches of the worker have a smaller share of what is held.
 */
export class ResultBooker {
  readonly #context: EngineContext
  readonly #lease: HeldLease
  readonly #submission: Submission
  readonly #pageLimit: number
  #filling: NumberedLine<ResultLine>[] = []
  #fillingBytes = 0
  /** What is not booked yet of the window before, in order of its requests. */
  #ordered: NumberedLine<ResultLine>[] = []
  #aside: QuarantinedLine[] = []
  /** The page that the store is booking. */
  #underWay: Promise<void> | null = null
  #addedLines = 0
  #addedBytes = 0

  /** Call {@link settled} in the end. */
  constructor(context: EngineContext, lease: HeldLease, submission: Submission) {
    this.#context = context
    this.#lease = lease
    this.#submission = submission
    this.#pageLimit = context.store.traits.pageLimit
    context.memory.fetches += 1
  }

  /** Whether a page's worth was added since the last call of {@link bookPage}, which is due then. */
  get isPageDue(): boolean {
    return this.#addedLines >= this.#pageLines || this.#addedBytes >= this.#shareOf(PAGE_BYTES)
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
    if (this.#isFull) await this.#turnWindow()
    this.#beginPage()
  }

  /** Books all that was added. */
  async finish(): Promise<void> {
    await this.#turnWindow()
    await this.#settleRest()
    await this.#keepAside()
  }

  /** Waits for the page that the store is booking. To be called once, when the fetch is over, however it ended. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined)
    this.#context.memory.fetches -= 1
  }

  get #isFull(): boolean {
    const lines = Math.max(this.#shareOf(WINDOW_LINES), this.#pageLines)
    return this.#filling.length >= lines || this.#fillingBytes >= this.#shareOf(WINDOW_BYTES)
  }

  get #pageLines(): number {
    return Math.min(this.#pageLimit, Math.max(LEAST_LINES, this.#shareOf(WINDOW_LINES)))
  }

  #shareOf(amount: number): number {
    return Math.floor(amount / this.#context.memory.fetches)
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
    this.#filling = []
    this.#fillingBytes = 0
  }

  async #settleRest(): Promise<void> {
    await this.#pageBooked()
    while (this.#ordered.length > 0) {
      await this.#lease.keep()
      await this.#settlePage()
    }
  }

  async #settlePage(): Promise<void> {
    const page = this.#nextPage()
    if (page.length === 0) return
    // A large file may take longer than there was time when its fetch began.
    await warnIfOver(this.#context, this.#submission)
    const { id, twinOf } = this.#submission
    const { fresh, done, unknown, conflicts } = await this.#context.store.settle({
      submissionId: id,
      addMissing: twinOf !== null,
      lines: page.map(({ line }) => line),
    })
    if (fresh > 0) tell(this.#context, { type: 'settled', submissionId: id, fresh, done })
    this.#aside.push(...refusedLines(page, unknown, 'unknown_request'))
    this.#aside.push(...refusedLines(page, conflicts, 'conflict'))
  }

  // Taken out of the window, whose memory is the next one's: whatever a page comes to, nothing asks for it again.
  #nextPage(): readonly NumberedLine<ResultLine>[] {
    const most = Math.min(this.#ordered.length, this.#pageLines)
    const mostBytes = this.#shareOf(PAGE_BYTES)
    let count = 0
    for (let bytes = 0; count < most && bytes < mostBytes; count += 1) {
      bytes += this.#ordered[count]?.line.bytes.length ?? 0
    }
    return this.#ordered.splice(0, count)
  }

  async #keepAside(): Promise<void> {
    const kept = this.#aside
    this.#aside = []
    await keepAside(this.#context, this.#submission, kept)
  }
}
