import { type Halfrate, type HalfrateQueue, openHalfrate } from 'halfrate'
import type { Claim } from './nightly.js'

// Sent at two, wanted at six, and what is not there shortly before that is called in real time, for so much a day at the most.
const POLICY = {
  flush: { schedule: '0 2 * * *', timeZone: 'Australia/Sydney' },
  rescue: 'hedge',
} as const
const WANTED = { by: '06:00', timeZone: 'Australia/Sydney' } as const
const MOST_A_DAY_USD = '5'

/** The queue of claims that somebody reads at six in the morning. */
export async function openMorningClaims(half: Halfrate): Promise<HalfrateQueue> {
  const queue = half.queue('morning', POLICY)
  await half.budgets.set({ queue: 'morning', hedges: true, dayUsd: MOST_A_DAY_USD })
  return queue
}

/** Takes in claims of the day. The answer says whether their answers are likely there at six. */
export async function takeInByDay(queue: HalfrateQueue, claims: readonly Claim[]) {
  const requests = claims.map(({ id, text }) => {
    const messages = [{ role: 'user', content: `What does this claim lack?\n\n${text}` }]
    return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 400, messages } }
  })
  return await queue.enqueueAll(requests, WANTED)
}

/** What a night cost, by the way that answers came: in the batch, and in real time beside it. */
export async function costOfNight(half: Halfrate) {
  const { lines, total } = await half.costs({ by: ['route'], queue: 'morning' })
  const paid = lines.map(({ group, requests, paidUsd }) => ({ route: group[0], requests, paidUsd }))
  return { paid, paidTwiceUsd: total.paidTwiceUsd, savedUsd: total.savedUsd }
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: process.env.DATABASE_URL ?? './morning.db' })
  const queue = await openMorningClaims(half)
  queue.onResult(async (result) => console.log(result.key, result.status))
  const claims = [{ id: 'claim-1', text: 'Water came through the ceiling on Sunday night.' }]
  console.log(await takeInByDay(queue, claims))
  await half.start()
}
