import { type Halfrate, type HalfrateQueue, type Job, openHalfrate, type Result } from 'halfrate'

export interface Claim {
  readonly id: string
  readonly text: string
}

/** Saves an answer under `result.id`: the same one may come twice, and must then change nothing. */
export type Save = (result: Result) => Promise<void>

// A file here, so that the example runs anywhere; a program on several machines shares a database: postgres://…
const STORE = process.env.DATABASE_URL ?? './claims.db'
const AT_NIGHT = { schedule: '0 2 * * *', timeZone: 'Australia/Sydney' } as const

/** The queue of the claims: they go to Claude at two in the morning, and each answer is saved as it comes home. */
export function openClaims(half: Halfrate, save: Save): HalfrateQueue {
  const queue = half.queue('claims', { flush: AT_NIGHT })
  queue.onResult(save)
  return queue
}

/** Takes in a day's claims: they are safe when it returns. The same call after a crash adds none twice. */
export async function takeIn(
  half: Halfrate,
  queue: HalfrateQueue,
  day: string,
  claims: readonly Claim[],
): Promise<Job> {
  const rows = claims.map(({ id, text }) => {
    const messages = [{ role: 'user', content: `What does this claim lack?\n\n${text}` }]
    return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 400, messages } }
  })
  return await half.run(`claims-${day}`, rows, { queue })
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: STORE })
  const queue = openClaims(half, async (result) => console.log(result.id, result.status))
  const claims = [{ id: 'claim-1', text: 'Water came through the ceiling on Sunday night.' }]
  await takeIn(half, queue, new Date().toISOString().slice(0, 10), claims)
  await half.finished()
}
