import { deferred, type Halfrate, openHalfrate, RequestEndedError } from 'halfrate'

/** An answer of a model to a question, to be judged. */
export interface Row {
  readonly id: string
  readonly question: string
  readonly answer: string
}

const ROWS: readonly Row[] = [
  { id: 'capital', question: 'What is the capital of Australia?', answer: 'Canberra' },
  { id: 'bridge', question: 'Which city has the Harbour Bridge of 1932?', answer: 'Melbourne' },
]

/** Has rows judged: from 0 to 10, or null for one without a judgement that can be used. */
export async function score(
  half: Halfrate,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, number | null>> {
  const client = deferred(half, { labels: { what: 'evaluation' } })
  const scores = rows.map(async ({ id, question, answer }) => {
    try {
      const message = await client.messages.create({
        model: 'claude-haiku-4-5',
        max_tokens: 16,
        system:
          'You judge answers. Say one whole number from 0 (wrong) to 10 (right), and nothing else.',
        messages: [{ role: 'user', content: `Question: ${question}\nAnswer: ${answer}` }],
      })
      const [block] = message.content
      const said = block?.type === 'text' ? Number(block.text) : Number.NaN
      return [id, Number.isInteger(said) ? said : null] as const
    } catch (error) {
      // Other errors are no ends of a request: they end the program, and the next run goes on.
      if (!(error instanceof RequestEndedError)) throw error
      console.error(id, error.result.error.code, error.nextStep)
      return [id, null] as const
    }
  })
  return new Map(await Promise.all(scores))
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './scores.db' })
  for (const [id, points] of await score(half, ROWS)) console.log(id, points ?? 'no judgement')
}
