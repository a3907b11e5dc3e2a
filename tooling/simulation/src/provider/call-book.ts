import type { RequestId, Usability } from '@halfrate/core'

/** One call in real time that the provider worked on, whatever its caller was told. */
export interface BookedCall {
  /** The id that an item of the same send would bear. */
  readonly customId: string
  readonly nonce: string
  readonly requestId: RequestId
  /** When its caller began it. Virtual time. */
  readonly begunAt: number
  /** When it took effect. The provider's clock. */
  readonly at: number
  readonly outcome: 'succeeded' | 'errored'
  /** Of one that errored. */
  readonly errorType: string | null
  /** Of one that succeeded. */
  readonly usability: Usability | null
}

/** What a call is named by, in place of a batch. */
export function callIdOf({ nonce }: Pick<BookedCall, 'nonce'>): string {
  return `call_${nonce}`
}

/** The calls in real time of a run, by the provider's own knowledge. */
export class CallBook {
  readonly #calls: BookedCall[] = []
  /** The id of the call that is being answered, which stands nowhere on the wire; null between calls. */
  current: string | null = null

  /** Notes a call that was answered, or refused for what stood in it. */
  add(call: BookedCall): void {
    this.#calls.push(call)
  }

  /** Every call, in the order in which they took effect. */
  all(): readonly BookedCall[] {
    return this.#calls
  }

  /** Those that were billed, in the order of the ledger's messages. */
  billed(): readonly BookedCall[] {
    return this.#calls.filter(({ outcome }) => outcome === 'succeeded')
  }
}
