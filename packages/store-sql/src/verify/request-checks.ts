import { type RawBuilder, sql } from 'kysely'
import type { BrokenRow, Check } from './check.js'

function where(message: RawBuilder<unknown>, broken: RawBuilder<unknown>): Check['find'] {
  return ({ after, upTo }) => sql<BrokenRow>`select 'Request ' || r.id || ${message} as message
    from requests_now r where r.id > ${after} and r.id <= ${upTo} and (${broken})`
}

// A call that hedges a batch: the last word of its lane, whose text is `laneKey`'s.
const isHedge = sql`exists (select 1 from names n where n.id = s.lane_id and n.text like '%,"hedge"]')`
const liveAttempt = sql`from attempts_now a join submissions s on s.id = a.submission_id
  where a.request_id = r.id and a.released_at is null`
const live = sql`select 1 from attempts_now a where a.request_id = r.id and a.released_at is null`

// The attempt that the request points to as its result.
const answer = sql`select 1 from attempts_now a where a.submission_id = r.result_in
  and a.ordinal = r.result_at and a.request_id = r.id`

/** Checks requests, their attempts and their places under their keys. */
export const requestChecks: readonly Check[] = [
  {
    invariant: 'I1',
    find: where(sql`' waits and is in a submission too.'`, sql`r.state = 0 and exists (${live})`),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' is assigned, but to no submission.'`,
      sql`r.state = 1 and not exists (${live})`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' is not queued exactly while planning may take it.'`,
      sql`(r.state = 0 and r.superseded_by is null) <> exists (select 1 from waiting w
        where w.project_id = r.project_id and w.queue_id = r.queue_id
          and w.account_id = r.account_id and w.lane_id = r.lane_id
          and w.batch_limit = r.batch_limit and w.model_id = r.model_id and w.prefix_id = r.prefix_id
          and w.id = r.id and w.job_id = r.job_id and w.part = r.part
          and w.not_before = r.not_before and w.item_bytes = r.item_bytes
          and w.max_tokens = r.max_tokens and w.created_at = r.created_at)`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' was booked directly, though it is not done or not that of its only attempt.'`,
      sql`exists (select 1 from progress p where p.id = r.id and p.result_id is not null
        and (p.state <> 2 or p.submission_id is null or not exists (select 1 from attempts a
          where a.request_id = r.id and a.submission_id = p.submission_id and a.result_id is null
            and a.released_at is null and a.withdrawn = 0)))`,
    ),
  },
  {
    invariant: 'I2',
    find: where(
      sql`' has several live attempts.'`,
      sql`r.attempt_count > 1 and ((select count(*) ${liveAttempt} and s.orphan = 0 and not ${isHedge}) > 1
        or (select count(*) ${liveAttempt} and ${isHedge}) > 1)`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' does not count its attempts right.'`,
      sql`r.attempt_count <> (select count(*) from attempts a where a.request_id = r.id)`,
    ),
  },
  {
    invariant: 'I9',
    find: where(
      sql`' is not done in every column alike.'`,
      sql`(r.state = 2) <> (r.done_at is not null) or (r.state = 2 and r.verdict is null)`,
    ),
  },
  {
    invariant: 'I6',
    find: where(
      sql`' has a result that is not one of its attempts.'`,
      sql`r.result_in is not null and not exists (${answer} and a.outcome is not null)`,
    ),
  },
  {
    invariant: 'I6',
    find: where(
      sql`' succeeded without a success to show for it.'`,
      sql`r.state = 2 and r.verdict < 64
        and not exists (${answer} and a.outcome = 0 and a.waste = 0)`,
    ),
  },
  {
    invariant: 'I6',
    find: where(
      sql`' has two results for one body.'`,
      sql`r.attempt_count > 1 and exists (select 1 from attempts_now a
        where a.request_id = r.id and a.outcome = 0 and a.waste = 0
        group by a.body_id having count(*) > 1)`,
    ),
  },
  {
    invariant: 'I6',
    find: where(
      sql`' has a body of which every answer is waste.'`,
      sql`exists (select 1 from attempts_now a where a.request_id = r.id and a.outcome = 0 and a.waste = 1
        and not exists (select 1 from attempts_now b where b.request_id = r.id and b.outcome = 0
          and b.waste = 0 and b.body_id = a.body_id))`,
    ),
  },
  {
    // Reports and spending take these columns for the attempt's own.
    invariant: 'I8',
    find: where(
      sql`' has another cost than its only attempt.'`,
      sql`r.only_in is not null and exists (select 1 from attempts_now a
        where a.request_id = r.id and a.submission_id = r.only_in
          and (a.cost_nano is distinct from r.only_cost_nano
            or a.realtime_nano is distinct from r.only_realtime_nano))
        or r.only_in is null and (r.only_cost_nano is not null or r.only_realtime_nano is not null)`,
    ),
  },
  {
    invariant: 'I14',
    find: where(
      sql`' is in a submission of another project or account.'`,
      sql`exists (select 1 from attempts a join submissions s on s.id = a.submission_id
        where a.request_id = r.id and (a.project_id <> r.project_id or a.account_id <> r.account_id
          or s.project_id <> r.project_id or s.account_id <> r.account_id))`,
    ),
  },
  {
    invariant: 'I14',
    find: where(
      sql`' is not in a job of its project.'`,
      sql`r.job_id > 0 and not exists (select 1 from jobs j
        where j.id = r.job_id and j.project_id = r.project_id)`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' is not in one chain of its key.'`,
      sql`(r.superseded_by is not null and not exists (select 1 from requests n
          where n.id = r.superseded_by and n.supersedes_id = r.id))
        or (r.supersedes_id is not null and not exists (select 1 from requests o
          where o.id = r.supersedes_id and o.superseded_by = r.id))`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' has no body.'`,
      sql`not exists (select 1 from bodies b where b.id = r.body_id)`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' lacks a file.'`,
      sql`exists (select 1 from body_blobs l left join blobs b
        on b.id = l.blob_id and b.project_id = r.project_id where l.body_id = r.body_id and b.id is null)`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' is not the one that its key names.'`,
      sql`r.superseded_by is null and exists (select 1 from bodies b
        where b.id = r.body_id and b.key_hash is not null and not exists (select 1 from keys k
          where k.project_id = r.project_id and k.hash = b.key_hash and k.request_id = r.id
            and k.scope_id = case when r.job_id > 0 then r.job_id else -r.queue_id end))`,
    ),
  },
]
