import { HOUR_MS, type Job, type Request, type Submission } from '@halfrate/core'
import { billedRows } from './judge/billed-rows.js'
import { EndJudge } from './judge/end-judge.js'
import { judgeRun, type RunFigures } from './judge/final-judge.js'
import { judgeReprice } from './judge/reprice-judge.js'
import { RequestFates } from './judge/request-fates.js'
import { judgeLines } from './judge/result-lines.js'
import { judgeSearch } from './judge/search-judge.js'
import { SlotJudge } from './judge/slot-judge.js'
import { isWhole } from './judge/whole-counts.js'
import { jobNamesOf, type Scenario, workloadsOf } from './scenario/scenario.js'
import type { Simulation } from './simulation.js'
import type { RunEnd } from './time/scheduler.js'

// A run that needs more goes round in circles. Of a span, not of the whole run: workers that wait for a day until somebody
// raises a cap or a line has room look every minute at all that waits, and a hundred thousand events at leisure are no circle. A
// worker that looked every second would need more.
const MAX_EVENTS = 400_000
const EVENTS_WITHIN_MS = 6 * HOUR_MS

/** Lets a run go on until something is so, an instant, or the first violation, and says which of them came. */
export async function runUntil(
  simulation: Simulation,
  until: number,
  isDone: () => boolean,
): Promise<RunEnd> {
  const { scheduler, violations } = simulation
  const end = await scheduler.run({
    isOver: () => violations.any || isDone(),
    until,
    maxEvents: MAX_EVENTS,
    withinMs: EVENTS_WITHIN_MS,
  })
  if (end === 'max_events')
    violations.add('livelock', `${MAX_EVENTS} events were not enough for six hours.`)
  if (end === 'idle') violations.add('deadlock', 'Nothing was left that could happen.')
  return end
}

/**
 * Lets a run in which nothing goes wrong any more come to its end: every request done by one instant, every batch in
 * the books by a later one, and nothing left over. L1 to L3.
 */
export async function runToEnd(
  simulation: Simulation,
  bounds: { readonly doneBy: number; readonly bookedBy: number },
): Promise<void> {
  const { violations, storeJudge, scheduler } = simulation
  await runUntil(simulation, scheduler.now + TELLING_MS, doneCheck(simulation, isServed))
  simulation.alarms.check(await storeJudge.submissions(), scheduler.now)
  await runUntil(simulation, bounds.doneBy, doneCheck(simulation, isServed))
  for (const { id, state } of await unserved(simulation)) {
    violations.add('L1', `Request ${id} is still ${state}, long after everything went well again.`)
  }
  if (!simulation.isCallerDone) violations.add('L3', 'A caller is still at it.')
  if (violations.any) return
  for (const submission of await leftUnfinished(simulation, bounds.bookedBy)) {
    const { id, state, remoteId, counts, collecting, twinOf, orphan } = submission
    const facts = JSON.stringify({ remoteId, counts, collecting, twinOf, orphan })
    violations.add('L2', `Submission ${id} is still ${state}: ${facts}.`)
  }
  await allHandedOver(simulation)
  await storeJudge.look()
}

// A lease that a dead worker held must lapse, what was not taken rests for 5 minutes at most, and a slow handler takes its
// time over each.
const HAND_OVER_MS = 2 * HOUR_MS

async function allHandedOver(simulation: Simulation): Promise<void> {
  const { scenario, scheduler, deliveries, store, book, violations } = simulation
  if (scenario.handlers === null) return
  const { concurrency, mostMs } = scenario.handlers
  const takingMs = Math.ceil([...book.all()].length / concurrency) * mostMs
  const until = scheduler.now + HAND_OVER_MS + takingMs + 2 * simulation.pool.idleMs
  await runUntil(simulation, until, doneCheck(simulation, isHandedOver))
  for (const id of await deliveries.missing(store, book)) {
    violations.add('I12', `Request ${id} is done, and no handler has taken its result.`)
  }
}

async function isHandedOver({ deliveries, store, book }: Simulation): Promise<boolean> {
  return (await deliveries.missing(store, book)).length === 0
}

// A worker may have begun something while the look was under way that found all settled.
async function leftUnfinished(
  simulation: Simulation,
  bookedBy: number,
): Promise<readonly Submission[]> {
  const { violations, storeJudge } = simulation
  for (;;) {
    const end = await runUntil(simulation, bookedBy, doneCheck(simulation, isSettled))
    const left = await unfinished(simulation, await storeJudge.submissions())
    if (left.length === 0 || end !== 'over' || violations.any) return left
  }
}

// By then a worker without faults has said what is overdue.
const TELLING_MS = 3 * HOUR_MS

type Check = (simulation: Simulation) => Promise<boolean>

// Looks cost much more than steps.
const STEPS_BETWEEN_LOOKS = 20

// Looks only when something has changed since the last look, and not at every step.
function doneCheck(simulation: Simulation, check: Check): () => boolean {
  let changes = -1
  let lookedAt = 0
  let isDone = false
  let isLooking = false
  return () => {
    const { changes: now } = simulation.stepJudge
    const { count: step } = simulation.calls
    if (!isDone && !isLooking && now !== changes && step >= lookedAt + STEPS_BETWEEN_LOOKS) {
      changes = now
      lookedAt = step
      isLooking = true
      void check(simulation).then((found) => {
        isDone = found
        isLooking = false
      })
    }
    return isDone
  }
}

// One look at the newest requests answers mostly; those that a newer one took the place of are asked for one by one.
async function isServed(simulation: Simulation): Promise<boolean> {
  const { store, storeJudge, isCallerDone, projects, scenario } = simulation
  if (!isCallerDone) return false
  const states = ['waiting', 'assigned'] as const
  let isAnyOpen = false
  for (const project of projects) {
    const open = await store.listRequests({ scope: { project }, states, afterId: 0, limit: 1 })
    if (open.length > 0) isAnyOpen = true
  }
  if (isAnyOpen && !mayWait(scenario)) return false
  // An event may come in between, and where something is open it changes what is compared.
  if (!isAnyOpen) await storeJudge.compareDone()
  return (await unserved(simulation)).length === 0
}

// For a cap that somebody raises, or behind a canary that stopped its job.
function mayWait(scenario: Scenario): boolean {
  const policies = workloadsOf(scenario).flatMap((each) => [...each.policies.values()])
  return scenario.budgets.size > 0 || policies.some(({ canary = 0 }) => canary > 0)
}

// What waits for the cap of its job waits for somebody to raise it.
async function unserved({ storeJudge, budgets }: Simulation): Promise<readonly Request[]> {
  return await budgets.withoutThoseThatWait(await storeJudge.openRequests())
}

// Every batch that the provider made for us is known and booked, and nothing is under way.
async function isSettled(simulation: Simulation): Promise<boolean> {
  const { storeJudge, provider, scenario } = simulation
  const submissions = await storeJudge.submissions()
  const known = new Set(
    submissions.filter(({ state }) => state === 'collected').map(({ remoteId }) => remoteId),
  )
  const missing = provider.model.ledger
    .accepted()
    .filter((batch) => !batch.isForeign && batch.deletedAt === null && !provider.isCanary(batch))
    .filter(
      ({ createdAt }) =>
        !scenario.plan.breaks.includes('absent') ||
        provider.now - createdAt < scenario.settings.resultsLifetimeMs,
    )
    .some(({ batchId }) => !known.has(batchId as Submission['remoteId'] & string))
  return !missing && (await unfinished(simulation, submissions)).length === 0
}

// Breaks after which a file may never come.
const GONE: ReadonlySet<string> = new Set(['deleted', 'absent'])

async function unfinished(
  simulation: Simulation,
  submissions: readonly Submission[],
): Promise<readonly Submission[]> {
  const { scenario, store } = simulation
  const found: Submission[] = []
  for (const submission of submissions) {
    const { id: submissionId, state, nextStepAt } = submission
    if (state === 'collected' || state === 'dissolved') continue
    if ((state === 'rejected' || state === 'lost') && nextStepAt === null) continue
    // The file of a batch that somebody deleted is tried on, long after its members were let go, or booked as possibly paid. One
    // that is whole in the books only waits to be closed.
    if (state === 'ended' && scenario.plan.breaks.some((each) => GONE.has(each))) {
      const { live, outcomes } = await store.countAttempts({ submissionId })
      const isGivenUp = live === 0 && !isWhole(outcomes, submission.counts)
      if (isGivenUp && !(await hasUnmarked(simulation, submissionId))) continue
    }
    found.push(submission)
  }
  return found
}

// Whether it has an attempt without an outcome that does not count as possibly paid: an orphan's are released from birth.
async function hasUnmarked({ store, book }: Simulation, submissionId: number): Promise<boolean> {
  for (const { id, project } of book.all()) {
    const life = await store.getRequest({ project, id })
    const isUnmarked = life?.attempts.some(
      ({ attempt }) =>
        attempt.submissionId === submissionId &&
        attempt.outcome === null &&
        !attempt.withdrawn &&
        !attempt.possiblyPaid,
    )
    if (isUnmarked === true) return true
  }
  return false
}

// What its caller was told is accepted must be: every row has a request that was promised. P1.
function judgeDelivered({ scenario, book, violations }: Simulation): void {
  for (const { project, deliveries } of workloadsOf(scenario)) {
    const accepted = book.accepted().filter((request) => request.project === project)
    const promised = new Set(accepted.map(({ key }) => key))
    for (const { key } of deliveries.flatMap(({ rows }) => rows)) {
      if (promised.has(key)) continue
      violations.add('P1', `${key} of ${project} was put in, and is nowhere accepted.`)
    }
  }
}

/** Judges a run that came to its end. */
export async function judgeEnd(
  simulation: Simulation,
  { isWithin, isRestored }: { readonly isWithin: boolean; readonly isRestored: boolean },
): Promise<RunFigures> {
  const { store, book, provider, violations, scenario, projects, storeJudge } = simulation
  const fates = new RequestFates({
    ledger: provider.model.ledger,
    fates: provider.fates,
    providerNow: provider.now,
    providerOffsetMs: scenario.plan.sizes.providerOffsetMs,
    calls: provider.messages.calls.all(),
  })
  const { late } = simulation.tellings
  const { schedules, startAt, chaosMs } = scenario
  const healedAt = startAt + chaosMs
  const slots = schedules === null ? null : new SlotJudge({ schedules, healedAt, violations })
  const workloads = workloadsOf(scenario)
  const policies = new Map(workloads.map((each) => [each.project, each.policies]))
  const { bookedRows, ...figures } = await judgeRun({
    store,
    projects,
    book,
    ledger: provider.model.ledger,
    calls: provider.messages.calls,
    providerNow: provider.now,
    isWithin,
    isRestored,
    waiting: new Set((await storeJudge.openRequests()).map(({ id }) => id)),
    askedBy: (customId) => provider.fates.askedBy(customId),
    ends: new EndJudge({ fates, policies, isWithin, isRestored, slots, late, violations }),
    resultsLifetimeMs: scenario.settings.resultsLifetimeMs,
    violations,
  })
  judgeDelivered(simulation)
  if (isWithin && !isRestored) {
    const billed = provider.model.ledger.billed(provider.now)
    const calls = provider.messages.calls.billed()
    await simulation.budgets.judgeBills(billedRows(billed, calls))
  }
  // What a restored store has forgotten it can't have counted.
  if (!isRestored) {
    const { workers, settings } = scenario
    const underWay = workers * settings.concurrency
    judgeSearch({ creates: provider.fates.searchCreates, underWay, violations })
  }
  simulation.tellings.check({
    ledger: provider.model.ledger,
    providerNow: provider.now,
    resultsLifetimeMs: scenario.settings.resultsLifetimeMs,
    submissions: await simulation.storeJudge.submissions(),
    isCanary: (batch) => provider.isCanary(batch),
  })
  await judgeAllLines(simulation)
  const isWhole = isWithin && !isRestored
  await judgeReprice({ store, projects, billed: bookedRows, isWhole, violations })
  await judgeLeftovers(simulation)
  return figures
}

async function judgeAllLines(simulation: Simulation): Promise<void> {
  const { store, book, violations, scenario, projects } = simulation
  for (const project of projects) {
    const names = jobNamesOf(scenario)
    const found = await Promise.all(names.map((name) => store.findJob({ project, name })))
    const jobs = found.filter((job): job is Job => job !== null)
    await judgeLines({ store, project, jobs, book, violations })
  }
}

// What they try changes the store, and comes last.
async function judgeLeftovers(simulation: Simulation): Promise<void> {
  const { store, scenario, events, projectJudge } = simulation
  const queues = workloadsOf(scenario).flatMap(({ project, policies }) =>
    [...policies.keys()].map((queue) => ({ project, queue })),
  )
  await events.readLeft(store, queues)
  await projectJudge.tryRetries()
}
