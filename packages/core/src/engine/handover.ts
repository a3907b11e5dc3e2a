import type { DeliveredRow } from '../model/delivery.js'
import type { RequestId } from '../model/ids.js'
import type { DeliveryPage } from '../ports/store-delivering.js'

/** What an acknowledgement can say by now. */
export interface Progress {
  /** Everything before it was tried. */
  readonly position: number
  /** What of it the handler did not take. */
  readonly notTaken: readonly RequestId[]
}

/** Which results of a page were handed over, and how it went; they end in any order. */
export class Handover {
  readonly #page: DeliveryPage
  readonly #tried = new Set<number>()
  readonly #failed = new Map<number, RequestId>()

  constructor(page: DeliveryPage) {
    this.#page = page
  }

  /** Notes that a result was tried. */
  note({ place, request }: DeliveredRow, isTaken: boolean): void {
    this.#tried.add(place)
    if (!isTaken) this.#failed.set(place, request.id)
  }

  /** Notes all that was not tried as not taken. */
  putOff(): void {
    for (const row of this.#page.rows) if (!this.#tried.has(row.place)) this.note(row, false)
  }

  /** How far everything was tried. */
  get progress(): Progress {
    const open = this.#page.rows.find(({ place }) => !this.#tried.has(place))
    const position = open?.place ?? this.#page.next
    const failed = [...this.#failed].filter(([place]) => place < position)
    return { position, notTaken: failed.map(([, id]) => id) }
  }

  /** Whether everything of the page was tried. A round may end in the middle of it, and go on before it was noticed. */
  get isWhole(): boolean {
    return this.progress.position === this.#page.next
  }

  /** Forgets failures that the store knows of. */
  passed({ position }: Progress): void {
    for (const place of this.#failed.keys()) if (place < position) this.#failed.delete(place)
  }
}
