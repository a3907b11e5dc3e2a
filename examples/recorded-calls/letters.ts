import Anthropic from '@anthropic-ai/sdk'
import { instrument, jsonlSink, withFeature } from '@halfrate/client'

const MODEL = 'claude-haiku-4-5'

/** Answers a person who waits. */
export async function answer(client: Anthropic, question: string): Promise<string> {
  const messages = [{ role: 'user' as const, content: question }]
  return withFeature({ feature: 'answers', awaited: true }, async () => {
    const message = await client.messages.create({ model: MODEL, max_tokens: 500, messages })
    return textOf(message)
  })
}

/** Sorts letters into teams; whoever wants to know looks tomorrow. */
export async function sort(
  client: Anthropic,
  letters: readonly string[],
): Promise<readonly string[]> {
  return withFeature({ feature: 'sorting', awaited: false }, () =>
    Promise.all(
      letters.map(async (letter) => {
        const content = `Which team should answer this letter? One word.\n\n${letter}`
        const messages = [{ role: 'user' as const, content }]
        return textOf(await client.messages.create({ model: MODEL, max_tokens: 20, messages }))
      }),
    ),
  )
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

if (import.meta.main) {
  const client = instrument(new Anthropic(), { sink: jsonlSink('usage.jsonl') })
  console.log(await answer(client, 'Where is my parcel?'))
  console.log(await sort(client, ['The roof leaks again.', 'Please send your prices.']))
}
