import { type Chore, DAY_MS, type JobId, type RequestId, sweepInTurn } from '@halfrate/core'
import { forgetUnwanted } from '../delivering/forget-unwanted.js'
import type { Out } from '../in-out.js'
import { discardPage } from '../intake/discard-part.js'
import { loadRequests } from '../rows/load-requests.js'
import { fromRank } from '../rows/pages.js'
import { FORGET_LEASES } from '../scripts/forget-leases.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { cancelOne } from './cancel.js'
import { finishJobs } from './finish-jobs.js'

/** See `UpkeepStore.sweep`. Five chores, each a step of its own, since none of them rests on another. */
export function sweep(session: Session): Promise<Out<'sweep'>> {
  const { keys, pageLimit, connection } = session
  const chore = (name: string, step: (step: Step) => Promise<boolean>, rows?: number): Chore => ({
    name,
    run: async () => ({ more: await session.step(step, rows) }),
  })
  const forgetLeases = async (): Promise<{ readonly more: boolean }> => {
    const args = [keys.root, session.clock(), String(pageLimit)]
    return { more: (await connection.run<number>(FORGET_LEASES, args)) === pageLimit }
  }
  return sweepInTurn(
    [
      { name: 'lapsed leases', run: forgetLeases },
      chore('superseded requests', (step) => cancelSuperseded(step, pageLimit), pageLimit),
      { name: 'jobs that are done', run: () => finishJobs(session) },
      chore('parts that nobody goes on with', (step) => removeAbandoned(step, pageLimit)),
      chore('deliveries that nobody wants', (step) => forgetUnwanted(step, pageLimit)),
    ],
    () => connection.ask('PING'),
  )
}

async function cancelSuperseded(step: Step, limit: number): Promise<boolean> {
  const page = { at: 0, limit: limit + 1 }
  const found = await fromRank(step.connection, step.keys.of('superseded'), page)
  const ids = found.slice(0, limit).map((id) => Number(id) as RequestId)
  await loadRequests(step, ids)
  for (const id of ids) cancelOne(step, id, 'superseded')
  return found.length > limit
}

// One part a call, a page of it at a time.
async function removeAbandoned(step: Step, limit: number): Promise<boolean> {
  const bounds = ['-inf', `(${step.now - DAY_MS}`, 'BYSCORE', 'LIMIT', '0', '2']
  const abandoned = await step.connection.ask<string[]>(
    'ZRANGE',
    step.keys.of('open-parts'),
    ...bounds,
  )
  const [first] = abandoned
  if (first === undefined) return false
  const id = Number(first) as JobId
  await step.jobs.load([id])
  const open = step.jobs.need(id).open
  // Somebody went on with it, or another sweep came first.
  if (open === null || open.touchedAt >= step.now - DAY_MS) return abandoned.length > 1
  if ((await discardPage(step, id, open, limit)) > 0) return true
  await closePart(step, id)
  return abandoned.length > 1
}

async function closePart(step: Step, id: JobId): Promise<void> {
  const row = step.jobs.need(id)
  const { project, name, committedPart } = row.job
  if (committedPart > 0) {
    step.jobs.set(id, { ...row, open: null, job: { ...row.job, openPart: committedPart } })
    return
  }
  const key = step.keys.ofTexts('job-name', project, name)
  await step.pointers.load([key])
  step.pointers.set(key, null)
  step.jobs.set(id, null)
}
