import type Anthropic from '@anthropic-ai/sdk'

export interface Review {
  readonly id: string
  readonly text: string
}

export type Verdict = 'spam' | 'ham' | 'ask a human'

/** Sends reviews to be sorted, as one batch, and returns its id. */
export async function sendReviews(client: Anthropic, reviews: readonly Review[]): Promise<string> {
  const requests = reviews.map(({ id, text }) => ({
    custom_id: id,
    params: {
      model: 'claude-haiku-4-5',
      max_tokens: 16,
      messages: [{ role: 'user' as const, content: `Spam or ham? One word.\n\n${text}` }],
    },
  }))
  // A create has no idempotency key: one that is tried again after a lost answer is two batches, both of them paid.
  const batch = await client.messages.batches.create({ requests }, { maxRetries: 0 })
  return batch.id
}

/** The verdict on each review, or null while the batch runs. */
export async function collectVerdicts(
  client: Anthropic,
  batchId: string,
): Promise<ReadonlyMap<string, Verdict> | null> {
  const batch = await client.messages.batches.retrieve(batchId)
  if (batch.processing_status !== 'ended') return null
  const verdicts = new Map<string, Verdict>()
  for await (const { custom_id, result } of await client.messages.batches.results(batchId)) {
    // Not every request of an ended batch has succeeded: that one has no message.
    verdicts.set(custom_id, result.type === 'succeeded' ? verdictOf(result.message) : 'ask a human')
  }
  const { succeeded, errored, canceled, expired } = batch.request_counts
  const expected = succeeded + errored + canceled + expired
  // A stream that breaks off between two lines looks like one that has come to its end.
  if (verdicts.size < expected) throw new RangeError(`got ${verdicts.size} of ${expected} results`)
  return verdicts
}

function verdictOf({ content, stop_reason }: Anthropic.Message): Verdict {
  const [block] = content
  const said = block?.type === 'text' ? block.text.trim().toLowerCase() : ''
  const isWhole = stop_reason === 'end_turn'
  return isWhole && (said === 'spam' || said === 'ham') ? said : 'ask a human'
}
