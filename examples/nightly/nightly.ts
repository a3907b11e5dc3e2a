import { type Halfrate, type Job, openHalfrate, type Result } from 'halfrate'

export interface Claim {
  readonly id: string
  readonly text: string
}

// A file here, so that the example runs anywhere; a program on several machines shares a database: postgres://…
const STORE = process.env.DATABASE_URL ?? './claims.db'
const AT_NIGHT = { schedule: '0 2 * * *', timeZone: 'Australia/Sydney' } as const

/**
 * Takes in a day's claims: they are safe when it returns, and go to Claude at two in the morning. The same call after a
 * crash goes on where it stopped, and sends nothing twice.
 */
export async function takeIn(half: Halfrate, day: string, claims: readonly Claim[]): Promise<Job> {
  const queue = half.queue('claims', { flush: AT_NIGHT })
  const rows = claims.map(({ id, text }) => {
    const messages = [{ role: 'user', content: `What does this claim lack?\n\n${text}` }]
    return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 400, messages } }
  })
  return await half.run(`claims-${day}`, rows, { queue })
}

/** Saves each answer as it comes, until the job is done. After a restart they come again: saving twice must do no harm. */
export async function saveAnswers(
  job: Job,
  save: (result: Result) => Promise<void>,
): Promise<void> {
  for await (const result of job.results()) await save(result)
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: STORE })
  const claims = [{ id: 'claim-1', text: 'Water came through the ceiling on Sunday night.' }]
  const day = new Date().toISOString().slice(0, 10)
  const job = await takeIn(half, day, claims)
  await saveAnswers(job, async (result) => console.log(result.key, result.status))
}
