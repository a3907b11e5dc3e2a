import { type Halfrate, type HalfrateQueue, openHalfrate } from 'halfrate'

/** A small text that is asked about. */
export interface Document {
  readonly id: string
  readonly text: string
}

/** Documents, and what is asked of each of them. */
export interface Work {
  readonly instructions: string
  readonly documents: readonly Document[]
}

/** What came of all documents, and of the instructions that they share. */
export interface Summaries {
  readonly byId: ReadonlyMap<string, string>
  /** Tokens of instructions that were read from the cache, and that were written to it. */
  readonly readTokens: number
  readonly writtenTokens: number
  readonly paidUsd: string
  /** Whether a document went first, and if not, why; `none` where they share nothing that is cached. */
  readonly primer: string
}

// A job is taken in whole, so there is nothing to fill up for.
const AT_ONCE = { count: 100_000, bytes: 200_000_000, ageMs: 0 }

/** The queue of the documents: what they share is cached for an hour, and a job waits two hours at the most for the document that goes first. */
export function openSummaries(half: Halfrate): HalfrateQueue {
  return half.queue('summaries', { flush: AT_ONCE, cachePrefix: '1h', primerWaitMs: 2 * 3_600_000 })
}

/**
 * Summarises documents by instructions that are longer than all of them. The queue ends these in a breakpoint: the first document goes alone
 * and writes them to the cache, and the others, sent when it is back, read them at a tenth of the price or less.
 */
export async function summarise(
  half: Halfrate,
  queue: HalfrateQueue,
  name: string,
  { instructions, documents }: Work,
): Promise<Summaries> {
  const rows = documents.map(({ id, text }) => ({
    key: id,
    params: {
      ...{ model: 'claude-opus-5', max_tokens: 200, system: instructions },
      messages: [{ role: 'user', content: text }],
    },
  }))
  const job = await half.run(name, rows, { queue })
  const byId = new Map<string, string>()
  let [readTokens, writtenTokens] = [0, 0]
  for await (const result of job.results()) {
    if (result.status !== 'succeeded') continue
    byId.set(result.key, result.text)
    readTokens += tokensOf(result.message.usage.cache_read_input_tokens)
    writtenTokens += tokensOf(result.message.usage.cache_creation_input_tokens)
  }
  const { paidUsd, primer } = await job.report()
  return { byId, readTokens, writtenTokens, paidUsd, primer: primer?.reason ?? 'none' }
}

function tokensOf(count: unknown): number {
  return typeof count === 'number' ? count : 0
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './summaries.db' })
  const queue = openSummaries(half)
  const instructions = 'Say in one sentence what a letter asks for. … '.repeat(100)
  const documents = [
    { id: 'd1', text: 'Dear council, the lamp in our street is dark.' },
    { id: 'd2', text: 'Dear council, when is the next market?' },
  ]
  console.log(await summarise(half, queue, 'letters of today', { instructions, documents }))
}
