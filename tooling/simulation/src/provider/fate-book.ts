import { parseCustomId, type Usability } from '@halfrate/core'
import type { WireErrorType } from '@halfrate/emulator/model'

/** How a row ends if it is processed; what the ledger says of its outcome comes first. */
export interface RowFate {
  /** Set if it errors. */
  readonly errorType: WireErrorType | null
  /** Set if it succeeds. */
  readonly usability: Usability | null
  /** It was cut off by a pause. */
  readonly isPaused: boolean
  /** What it was sent with: its model, its cap, and how many turns its messages had. */
  readonly model: string
  readonly maxTokens: number
  readonly turns: number
}

/** A create that was answered with a refusal which is about what stood in it, and not about the account. */
export interface RefusedCreate {
  /** On the provider's clock. */
  readonly at: number
  readonly customIds: readonly string[]
}

/** A create that the search for bad requests cost: a canary, or one whose refusal reached its sender. */
export interface SearchCreate {
  /** On the provider's clock. */
  readonly at: number
  readonly lane: string
}

/** What the provider did to rows, batches and files: kept outside of every store, to say which ends are right. */
export class FateBook {
  readonly #fates = new Map<string, RowFate>()
  readonly #short = new Set<string>()
  readonly #contradicted = new Set<string>()
  readonly #refused: RefusedCreate[] = []
  readonly #search: SearchCreate[] = []

  /** Notes how a row was planned to end. A custom id is sent once. */
  planned(customId: string, fate: RowFate): void {
    this.#fates.set(customId, fate)
  }

  /** Notes that a file of a batch lacked rows. */
  cameShort(batchId: string): void {
    this.#short.add(batchId)
  }

  /** Notes that a file of a batch said of rows that they had failed before it said that they succeeded. */
  contradicted(batchId: string): void {
    this.#contradicted.add(batchId)
  }

  /** Notes a refusal that was answered. */
  refused(create: RefusedCreate): void {
    this.#refused.push(create)
  }

  /** Notes a create that the search for bad requests cost. */
  searched(create: SearchCreate): void {
    this.#search.push(create)
  }

  /** Every create that the search for bad requests cost, in the order of their answers. */
  get searchCreates(): readonly SearchCreate[] {
    return this.#search
  }

  /** Whether the create that bore this nonce was refused for what stood in it. */
  wasRefused(nonce: string): boolean {
    return this.#refused.some(({ customIds }) => parseCustomId(customIds[0] ?? '')?.nonce === nonce)
  }

  /** How a row was planned to end; null for one that nothing was planned for. */
  fateOf(customId: string): RowFate | null {
    return this.#fates.get(customId) ?? null
  }

  /** What a row asked for beside its request, as a text that is the same for the same; null where nothing was planned. */
  askedBy(customId: string): string | null {
    const fate = this.fateOf(customId)
    return fate === null ? null : `${fate.model} ${fate.maxTokens} ${fate.turns}`
  }

  /** Whether rows that were not paid may never have been seen. */
  isShort(batchId: string): boolean {
    return this.#short.has(batchId)
  }

  /** Whether rows that succeeded may have been taken for failures. */
  isContradicted(batchId: string): boolean {
    return this.#contradicted.has(batchId)
  }

  /** Every refusal of something that stood in a batch. */
  get refusedCreates(): readonly RefusedCreate[] {
    return this.#refused
  }
}
