import { type RawBuilder, sql } from 'kysely'
import type { QueryWords } from '../reads/queries.js'
import type { BrokenRow, Check } from './check.js'

function where(
  message: RawBuilder<unknown>,
  broken: RawBuilder<unknown> | ((words: QueryWords) => RawBuilder<unknown>),
): Check['find'] {
  return (
    { after, upTo },
    words,
  ) => sql<BrokenRow>`select 'Submission ' || s.id || ${message} as message
    from submissions s where s.id > ${after} and s.id <= ${upTo}
      and (${typeof broken === 'function' ? broken(words) : broken})`
}

// A twin, and one that was rebuilt from its batch, has only the lines that came.
const hasMembers = sql`s.twin_of is null and (s.remote_id is null or s.send_started_at is not null)`

const members = sql`from attempts_now a where a.submission_id = s.id and a.withdrawn = 0`

// A file of which a part was lost for good is closed with what there is; a twin has only the lines that came.
function tooMany(words: QueryWords, outcome: number, name: string): RawBuilder<unknown> {
  return sql`(select count(*) ${members} and a.outcome = ${outcome})
    > coalesce(${counted(words, name)}, 0)`
}

function counted({ jsonNumber }: QueryWords, name: string): RawBuilder<number | null> {
  return jsonNumber(sql`s.counts`, name)
}

/** Checks submissions, their identity at the provider, and that their sums are those of their attempts. */
export const submissionChecks: readonly Check[] = [
  {
    invariant: 'I5',
    find: where(
      sql`' is known to the provider without an id, or the reverse.'`,
      sql`(s.state in (7, 8, 9, 10)) <> (s.remote_id is not null)`,
    ),
  },
  {
    invariant: 'I5',
    find: where(
      sql`' is the twin of one with another nonce.'`,
      sql`s.twin_of is not null and not exists (select 1 from submissions o
        where o.id = s.twin_of and o.nonce = s.nonce and o.account_id = s.account_id)`,
    ),
  },
  {
    invariant: 'I4',
    find: where(
      sql`' was sent without an intent.'`,
      sql`s.state not in (0, 1, 2) and s.send_started_at is null and s.orphan = 0`,
    ),
  },
  {
    invariant: 'I9',
    find: where(
      sql`' is final and has a next step.'`,
      sql`s.state in (2, 10) and s.next_step_at is not null`,
    ),
  },
  {
    invariant: 'I1',
    find: where(
      sql`' counts its members or their bytes wrong.'`,
      sql`${hasMembers} and (s.request_count <> (select count(*) ${members})
        or s.items_bytes <> (select coalesce(sum(a.item_bytes), 0) ${members}))`,
    ),
  },
  {
    invariant: 'I11',
    find: where(
      sql`' holds the wrong amount.'`,
      sql`${hasMembers} and s.hold_nano <> case when s.state in (2, 5, 6, 10) or s.orphan = 1
        then 0 else (select coalesce(sum(a.hold_nano), 0) ${members}) end`,
    ),
  },
  {
    invariant: 'I7',
    find: where(
      sql`' is collected with members open.'`,
      sql`s.state = 10 and exists (select 1 from attempts_now a
        where a.submission_id = s.id and a.released_at is null)`,
    ),
  },
  {
    invariant: 'I7',
    find: where(
      sql`' has more results than its batch.'`,
      (words) => sql`s.state = 10 and s.counts is not null and (${tooMany(words, 0, 'succeeded')}
        or ${tooMany(words, 1, 'errored')} or ${tooMany(words, 2, 'canceled')}
        or ${tooMany(words, 3, 'expired')})`,
    ),
  },
  {
    invariant: 'I7',
    find: where(
      sql`' does not have every result.'`,
      (words) => sql`s.state = 10 and s.counts is not null and ${hasMembers}
        and not exists (select 1 ${members} and a.outcome is null)
        and (select count(*) ${members}) < ${counted(words, 'succeeded')}
          + ${counted(words, 'errored')} + ${counted(words, 'canceled')}
          + ${counted(words, 'expired')}`,
    ),
  },
]

function attempts(message: RawBuilder<unknown>, broken: RawBuilder<unknown>): Check['find'] {
  return ({ after, upTo }) => sql<BrokenRow>`
    select 'Attempt ' || a.submission_id || ':' || a.ordinal || ${message} as message
    from attempts_now a where a.submission_id > ${after} and a.submission_id <= ${upTo} and (${broken})`
}

/** Checks the attempts of the submissions of a range. */
export const attemptChecks: readonly Check[] = [
  {
    invariant: 'I8',
    find: attempts(
      sql`' costs money without a success.'`,
      sql`(coalesce(a.cost_nano, 0) <> 0 or coalesce(a.realtime_nano, 0) <> 0)
        and a.outcome is distinct from 0`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' has a cost in one of its two columns only.'`,
      sql`(a.cost_nano is null) <> (a.realtime_nano is null)`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' costs less than nothing.'`,
      sql`coalesce(a.cost_nano, 0) < 0 or coalesce(a.realtime_nano, 0) < 0`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' is waste without a success.'`,
      sql`a.waste = 1 and a.outcome is distinct from 0`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' is paid, and possibly paid too.'`,
      sql`a.possibly_paid = 1 and a.outcome is not null and a.outcome = 0`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' is booked without its line, or the reverse.'`,
      sql`(a.outcome is not null) <> exists (select 1 from results x where x.id = a.result_id)`,
    ),
  },
  {
    invariant: 'I2',
    find: attempts(
      sql`' was withdrawn and is used all the same.'`,
      sql`a.withdrawn = 1 and (a.released_at is null or a.outcome is not null)`,
    ),
  },
  {
    invariant: 'I8',
    find: attempts(
      sql`' is of a request or submission that is not there.'`,
      sql`not exists (select 1 from requests r where r.id = a.request_id)
        or not exists (select 1 from submissions s where s.id = a.submission_id)`,
    ),
  },
]
