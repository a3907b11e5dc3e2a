import Anthropic from '@anthropic-ai/sdk'
import { instrument, jsonlSink, withFeature } from '@halfrate/client'
import { type Halfrate, type HalfrateQueue, openHalfrate, type Result } from 'halfrate'
import { z } from 'zod'

const MODEL = 'claude-haiku-4-5'
const AT_NIGHT = { schedule: '30 1 * * *', timeZone: 'America/New_York' } as const

const Review = z.object({
  topic: z.string().describe('What it was about, in three words.'),
  isSolved: z.boolean().describe('Whether the customer had what they asked for.'),
})
type Review = z.infer<typeof Review>

type Turn = Anthropic.MessageParam

/** Conversations with customers: answered while they wait, and looked through at night. */
export class Support {
  readonly reviews = new Map<string, Review | null>()
  readonly #client: Anthropic
  readonly #queue: HalfrateQueue<Review>
  readonly #turns = new Map<string, readonly Turn[]>()

  constructor(client: Anthropic, half: Halfrate) {
    this.#client = client
    this.#queue = half.queue('reviews', { flush: AT_NIGHT, output: Review })
    this.#queue.onResult((result) => this.#save(result))
  }

  /** Answers a customer, who waits: in real time, at the full price. */
  async answer(conversation: string, question: string): Promise<string> {
    const turns: readonly Turn[] = [...this.#of(conversation), { role: 'user', content: question }]
    const message = await withFeature({ feature: 'support', awaited: true }, () =>
      this.#client.messages.create({ model: MODEL, max_tokens: 500, messages: [...turns] }),
    )
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    this.#turns.set(conversation, [...turns, { role: 'assistant', content: text }])
    return text
  }

  /** Ends a conversation. What it was about is asked at night, at half the price: nobody waits for it. */
  async end(conversation: string): Promise<void> {
    const told = this.#of(conversation).map(({ role, content }) => `${role}: ${content}`)
    const content = `What was this conversation about?\n\n${told.join('\n\n')}`
    const messages = [{ role: 'user', content }]
    const params = { model: MODEL, max_tokens: 200, messages }
    await this.#queue.enqueue({ key: conversation, params })
    this.#turns.delete(conversation)
  }

  async #save(result: Result<Review>): Promise<void> {
    this.reviews.set(result.key, result.status === 'succeeded' ? result.output : null)
  }

  #of(conversation: string): readonly Turn[] {
    return this.#turns.get(conversation) ?? []
  }
}

if (import.meta.main) {
  const client = instrument(new Anthropic(), { sink: jsonlSink('usage.jsonl') })
  await using half = await openHalfrate({ store: './reviews.db' })
  const support = new Support(client, half)
  console.log(await support.answer('c1', 'Where is my parcel?'))
  await support.end('c1')
  await half.finished()
  console.log(support.reviews)
}
