import { type Halfrate, openHalfrate } from 'halfrate'
import { z } from 'zod'

/** What an answer is to be. The model reads the descriptions, and bounds are judged when answers are read. */
const Triage = z.object({
  team: z.enum(['claims', 'sales', 'legal']).describe('Which team should answer.'),
  urgency: z.number().int().min(1).max(5).describe('1 can wait, 5 is for today.'),
})

export interface Letter {
  readonly id: string
  readonly text: string
}

/** Lets Claude sort letters, and says what to do with each: a team and its urgency, or a person where that failed. */
export async function triage(
  half: Halfrate,
  name: string,
  letters: readonly Letter[],
): Promise<ReadonlyMap<string, string>> {
  const rows = letters.map(({ id, text }) => {
    const messages = [{ role: 'user', content: `Sort this letter.\n\n${text}` }]
    return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 200, messages } }
  })
  const { batch } = await half.estimate(rows, { output: Triage })
  console.log(`likely $${batch.lowUsd} to $${batch.highUsd}`)

  const job = await half.run(name, rows, { output: Triage })
  const sorted = new Map<string, string>()
  for await (const result of job.results()) {
    if (result.status === 'succeeded') {
      const { team, urgency } = result.output // typed by the schema
      sorted.set(result.key, `${team}, urgency ${urgency}`)
    } else {
      // An answer that is not of the form was paid all the same: it is in `unusable.text`.
      console.error(result.key, result.error.code, result.error.message)
      sorted.set(result.key, 'ask a person')
    }
  }
  return sorted
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './letters.db' })
  console.log(await triage(half, 'letters', [{ id: 'l1', text: 'The roof leaks again.' }]))
}
