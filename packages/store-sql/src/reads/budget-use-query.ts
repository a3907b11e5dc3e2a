import type { EpochMs } from '@halfrate/core'
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { submissionStates } from '../codes.js'
import type { Queries } from './queries.js'

/** What counts against a budget, as `useOf` of the core counts it. */
export interface BudgetUseRow {
  readonly spent_nano: number
  readonly held_nano: number
}

/** Which submissions are asked about, in numbers. A queue's name alone says little: its project is asked with it. */
export interface BudgetUseScope {
  readonly projectId: number | null
  readonly queueId: number | null
  readonly accountId: number | null
  /** Only those that hedge. */
  readonly areHedges: boolean
  readonly since: EpochMs
}

const code = (state: Parameters<typeof submissionStates.code>[0]): RawBuilder<number> =>
  sql.lit(submissionStates.code(state))

const isCollected = sql`s.state = ${code('collected')}`
const isAtProvider = sql`s.state in (${code('in_progress')}, ${code('canceling')}, ${code('ended')})`
const isOnItsWay = sql`s.state in (${code('sealed')}, ${code('sending')}, ${code('ambiguous')})`
const isHeld = sql`(${isOnItsWay} or (s.orphan = 0 and ${isAtProvider}))`
const isGivenUp = sql`s.state in (${code('rejected')}, ${code('lost')})`

// Where the row can't tell.
const isOfAttempts = sql`((${isCollected} and s.spent_nano is null) or (s.orphan = 1 and ${isAtProvider})
  or (s.possibly_paid = 1 and ${isGivenUp}))`

const isSuccess = sql`(a.outcome is not null and a.outcome = 0)`
const isOpen = sql`(not ${isSuccess} and a.withdrawn = 0 and (a.released_at is null or ${isAtProvider}))`

const spentOfAttempts = sql`(select coalesce(sum(case when ${isSuccess} then coalesce(a.cost_nano, a.hold_nano)
    when not ${isOpen} and a.possibly_paid = 1 then a.hold_nano end), 0)
  from attempts_now a where a.submission_id = s.id)`
const heldOfAttempts = sql`(select coalesce(sum(case when ${isOpen} then a.hold_nano end), 0)
  from attempts_now a where a.submission_id = s.id)`

// The last word of its lane, whose text is `laneKey`'s.
const isHedge = sql`exists (select 1 from names n where n.id = s.lane_id and n.text like '%,"hedge"]')`

function isOfScope(scope: BudgetUseScope): RawBuilder<boolean> {
  const { projectId, queueId, accountId, areHedges, since } = scope
  const inPeriod = sql`coalesce(s.sealed_at, s.opened_at) >= ${since}`
  if (accountId !== null) return sql`(s.account_id = ${accountId} and ${inPeriod})`
  const ofProject = sql`s.project_id = ${projectId} and ${inPeriod}`
  if (queueId === null) return sql`(${ofProject})`
  const ofQueue = sql`${ofProject} and s.queue_id = ${queueId}`
  return areHedges ? sql`(${ofQueue} and ${isHedge})` : sql`(${ofQueue})`
}

/** Adds up what counts against a budget. Attempts are read only of submissions whose row can't tell. */
export function budgetUseQuery(
  queries: Queries,
  scope: BudgetUseScope,
): CompiledQuery<BudgetUseRow> {
  return sql<BudgetUseRow>`select
      coalesce(sum(case when ${isHeld} then s.hold_nano when ${isOfAttempts} then ${heldOfAttempts} end), 0) as held_nano,
      coalesce(sum(case when ${isCollected} and s.spent_nano is not null then s.spent_nano
        when ${isOfAttempts} then ${spentOfAttempts} end), 0) as spent_nano
    from submissions s where ${isOfScope(scope)}`.compile(queries)
}

/** What a submission that is just being collected came to. */
export function spentOfSubmissionQuery(
  queries: Queries,
  submissionId: number,
): CompiledQuery<Pick<BudgetUseRow, 'spent_nano'>> {
  return sql<Pick<BudgetUseRow, 'spent_nano'>>`select coalesce(sum(case
      when ${isSuccess} then coalesce(a.cost_nano, a.hold_nano) when a.possibly_paid = 1 then a.hold_nano end), 0) as spent_nano
    from attempts_now a where a.submission_id = ${submissionId}`.compile(queries)
}

/** Writes down what was added up of attempts of collected submissions, so that the next sum need not read them again. */
export function keepSpentQuery(queries: Queries, scope: BudgetUseScope): CompiledQuery<unknown> {
  return sql`update submissions as s set spent_nano = ${spentOfAttempts}
    where ${isCollected} and s.spent_nano is null and ${isOfScope(scope)}`.compile(queries)
}
