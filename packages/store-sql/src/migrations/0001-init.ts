import type { SqlFlavor } from '../flavor.js'
import type { Migration } from './migration.js'

/** 0001_init. Not breaking: there is nothing before it. */
export const initMigration: Migration = {
  name: '0001_init',
  breaking: false,
  statements: (flavor) => [
    ...plumbing(flavor),
    ...intake(flavor),
    ...requests(flavor),
    ...sending(flavor),
    ...collecting(flavor),
    ...views(),
  ],
}

// `names` holds each project, account, queue, lane and model once; rows bear its small numbers. `counters` holds the next id.
function plumbing({ integer, text, anyText, rowId, keyOrdered }: SqlFlavor): readonly string[] {
  return [
    `CREATE TABLE counters (name ${text} NOT NULL PRIMARY KEY, value ${integer} NOT NULL) ${keyOrdered}`,
    `CREATE TABLE names (id ${rowId}, text ${anyText} NOT NULL UNIQUE)`,
    `CREATE TABLE settings (
      scope ${text} NOT NULL, name ${text} NOT NULL, value ${text} NOT NULL,
      version ${integer} NOT NULL, changed_at ${integer} NOT NULL,
      PRIMARY KEY (scope, name)) ${keyOrdered}`,
    `CREATE TABLE leases (
      resource ${text} NOT NULL PRIMARY KEY, worker_id ${anyText},
      epoch ${integer} NOT NULL, expires_at ${integer} NOT NULL) ${keyOrdered}`,
  ]
}

// `keys` is unique on 16 bytes of hash and not on the key itself: random text of any length in an index is what makes
// intake slower with every million. The full key stands in `requests` and is compared on a hit. Its scope is the job's
// id, or minus the queue's number. Bodies and prefixes are written once, apart from the thin rows;
// a body also bears the hash of its request's key, by which the key is found when an open part is discarded.
function intake({
  integer,
  bytes,
  text,
  anyText,
  rowId,
  keyOrdered,
}: SqlFlavor): readonly string[] {
  return [
    `CREATE TABLE jobs (
      id ${integer} NOT NULL PRIMARY KEY, project_id ${integer} NOT NULL, queue_id ${integer} NOT NULL,
      name ${anyText} NOT NULL, state ${integer} NOT NULL,
      committed_part ${integer} NOT NULL, open_part ${integer} NOT NULL,
      open_part_rows ${integer} NOT NULL, open_part_at ${integer} NOT NULL,
      open_part_from_id ${integer} NOT NULL, source_digest ${text},
      row_count ${integer} NOT NULL, created_at ${integer} NOT NULL, committed_at ${integer},
      last_id ${integer} NOT NULL, done_up_to_id ${integer} NOT NULL,
      UNIQUE (project_id, name))`,
    'CREATE INDEX jobs_open ON jobs (id) WHERE open_part > committed_part',
    'CREATE INDEX jobs_committed ON jobs (id) WHERE state = 1',
    `CREATE TABLE keys (
      project_id ${integer} NOT NULL, scope_id ${integer} NOT NULL, hash ${bytes} NOT NULL,
      request_id ${integer} NOT NULL,
      PRIMARY KEY (project_id, scope_id, hash)) ${keyOrdered}`,
    `CREATE TABLE prefixes (
      id ${rowId}, project_id ${integer} NOT NULL, hash ${bytes} NOT NULL, bytes ${bytes} NOT NULL,
      UNIQUE (project_id, hash))`,
    `CREATE TABLE bodies (
      id ${integer} NOT NULL PRIMARY KEY, project_id ${integer} NOT NULL, account_id ${integer} NOT NULL,
      prefix_id ${integer} NOT NULL, key_hash ${bytes}, parent_id ${integer}, reason ${text},
      bytes ${bytes} NOT NULL)`,
  ]
}

// A request in three rows, by how often they change. `requests` is what came and what seldom happens to it.
// `progress` is what happens to every one: collecting updates it in the order in which lines come, which is no order
// at all, so it is as narrow as can be. `waiting` is the queue: a request has a row there exactly while planning may
// take it. 0 stands for no job, no prefix and no batch limit, so that they sort and compare.
function requests({ integer, bytes, text, anyText, keyOrdered }: SqlFlavor): readonly string[] {
  return [
    `CREATE TABLE requests (
      id ${integer} NOT NULL PRIMARY KEY,
      project_id ${integer} NOT NULL, account_id ${integer} NOT NULL, queue_id ${integer} NOT NULL,
      lane_id ${integer} NOT NULL, job_id ${integer} NOT NULL, part ${integer} NOT NULL,
      listed_part ${integer} NOT NULL, "row" ${integer}, listed_before_part ${integer} NOT NULL,
      listed_before_row ${integer}, "key" ${anyText} NOT NULL, params_hash ${bytes} NOT NULL,
      body_id ${integer} NOT NULL, prefix_id ${integer} NOT NULL, model_id ${integer} NOT NULL,
      max_tokens ${integer} NOT NULL, item_bytes ${integer} NOT NULL, labels ${text},
      deadline_at ${integer}, created_at ${integer} NOT NULL, not_before ${integer} NOT NULL,
      batch_limit ${integer} NOT NULL, failure_count ${integer} NOT NULL,
      expiry_count ${integer} NOT NULL, verdict_detail ${anyText}, result_submission_id ${integer},
      result_ordinal ${integer}, cancel_requested_at ${integer}, superseded_by ${integer},
      supersedes_id ${integer})`,
    'CREATE INDEX requests_listed ON requests (job_id, listed_part, "row") WHERE job_id > 0',
    `CREATE TABLE progress (
      id ${integer} NOT NULL PRIMARY KEY, state ${integer} NOT NULL, attempt_count ${integer} NOT NULL,
      submission_id ${integer}, result_id ${integer}, verdict ${integer}, cost_nano ${integer},
      realtime_nano ${integer}, done_at ${integer})`,
    `CREATE TABLE waiting (
      project_id ${integer} NOT NULL, queue_id ${integer} NOT NULL, account_id ${integer} NOT NULL,
      lane_id ${integer} NOT NULL, batch_limit ${integer} NOT NULL, model_id ${integer} NOT NULL,
      prefix_id ${integer} NOT NULL, id ${integer} NOT NULL, job_id ${integer} NOT NULL,
      part ${integer} NOT NULL, not_before ${integer} NOT NULL, item_bytes ${integer} NOT NULL,
      max_tokens ${integer} NOT NULL, created_at ${integer} NOT NULL,
      PRIMARY KEY (project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id))
      ${keyOrdered}`,
    // The primary key is the order in which batches are filled, model by model. This one finds groups, their first and their last
    // request, and steps over whole parts that are not committed.
    `CREATE INDEX waiting_ranges ON waiting
      (project_id, queue_id, account_id, lane_id, batch_limit, job_id, part, id)`,
    'CREATE INDEX waiting_delayed ON waiting (project_id, queue_id, not_before) WHERE not_before > 0',
    // Requests that another one takes the place of, until they are canceled.
    `CREATE TABLE superseded (id ${integer} NOT NULL PRIMARY KEY)`,
  ]
}

// A success that ends the request of an only attempt is booked in `progress` alone: the attempt's row and the request's
// would each be another scattered write. These views put the two together; a column that says otherwise is what was
// booked the long way.
function views(): readonly string[] {
  const direct = 'p.result_id IS NOT NULL'
  return [
    `CREATE VIEW attempts_now AS SELECT a.submission_id, a.ordinal, a.request_id, a.project_id,
      a.account_id, a.number, a.body_id, a.item_bytes, a.hold_nano, a.error_type, a.withdrawn, a.waste,
      CASE WHEN ${direct} THEN 0 ELSE a.outcome END AS outcome,
      CASE WHEN ${direct} THEN p.verdict % 64 ELSE a.usability END AS usability,
      CASE WHEN ${direct} THEN p.cost_nano ELSE a.cost_nano END AS cost_nano,
      CASE WHEN ${direct} THEN p.realtime_nano ELSE a.realtime_nano END AS realtime_nano,
      CASE WHEN ${direct} THEN p.result_id ELSE a.result_id END AS result_id,
      CASE WHEN ${direct} THEN p.done_at ELSE a.settled_at END AS settled_at,
      CASE WHEN ${direct} THEN p.done_at ELSE a.released_at END AS released_at,
      CASE WHEN ${direct} THEN 0 ELSE a.possibly_paid END AS possibly_paid
      FROM attempts a LEFT JOIN progress p
        ON p.id = a.request_id AND p.submission_id = a.submission_id AND ${direct}`,
    `CREATE VIEW requests_now AS SELECT r.*, p.state, p.attempt_count, p.verdict, p.done_at,
      p.submission_id AS only_in, p.cost_nano AS only_cost_nano,
      p.realtime_nano AS only_realtime_nano, ${direct} AS is_direct,
      CASE WHEN ${direct} THEN p.submission_id ELSE r.result_submission_id END AS result_in,
      CASE WHEN ${direct} THEN (SELECT a.ordinal FROM attempts a
          WHERE a.request_id = r.id AND a.submission_id = p.submission_id)
        ELSE r.result_ordinal END AS result_at
      FROM requests r JOIN progress p ON p.id = r.id`,
  ]
}

function sending({ integer, text, anyText, keyOrdered }: SqlFlavor): readonly string[] {
  return [
    `CREATE TABLE submissions (
      id ${integer} NOT NULL PRIMARY KEY,
      project_id ${integer} NOT NULL, account_id ${integer} NOT NULL, queue_id ${integer} NOT NULL,
      lane_id ${integer} NOT NULL, nonce ${text} NOT NULL, state ${integer} NOT NULL,
      orphan ${integer} NOT NULL, reclaim_pending ${integer} NOT NULL, twin_of ${integer},
      batch_limit ${integer} NOT NULL, request_count ${integer} NOT NULL, next_ordinal ${integer} NOT NULL,
      items_bytes ${integer} NOT NULL, hold_nano ${integer} NOT NULL, up_to_id ${integer} NOT NULL,
      opened_at ${integer} NOT NULL, sealed_at ${integer}, look ${text}, send_started_at ${integer},
      send_not_after_at ${integer}, remote_id ${anyText}, remote_status ${integer},
      remote_created_at ${integer}, remote_expires_at ${integer}, remote_ended_at ${integer},
      remote_archived_at ${integer}, counts ${text}, polled_at ${integer}, error ${text},
      search ${text}, collecting ${text}, verdict_at ${integer}, possibly_paid ${integer} NOT NULL,
      ended_at ${integer}, collected_at ${integer}, cancel_requested_at ${integer}, next_step_at ${integer})`,
    'CREATE INDEX submissions_due ON submissions (next_step_at) WHERE next_step_at IS NOT NULL',
    'CREATE INDEX submissions_queue ON submissions (project_id, queue_id, state)',
    'CREATE INDEX submissions_state ON submissions (state)',
    // The twin of a submission bears the same nonce.
    'CREATE UNIQUE INDEX submissions_nonce ON submissions (account_id, nonce) WHERE twin_of IS NULL',
    'CREATE UNIQUE INDEX submissions_remote ON submissions (account_id, remote_id) WHERE remote_id IS NOT NULL',
    `CREATE TABLE foreign_batches (
      account_id ${integer} NOT NULL, remote_id ${anyText} NOT NULL, seen_at ${integer} NOT NULL,
      PRIMARY KEY (account_id, remote_id)) ${keyOrdered}`,
  ]
}

// Lines come in any order: their bytes are appended as they come, and only the thin attempt is updated in its place.
// attempts_request ends, as every index of such a table, with the primary key, so it also finds (request, submission).
function collecting({ integer, bytes, anyText, rowId, keyOrdered }: SqlFlavor): readonly string[] {
  return [
    `CREATE TABLE attempts (
      submission_id ${integer} NOT NULL, ordinal ${integer} NOT NULL, request_id ${integer} NOT NULL,
      project_id ${integer} NOT NULL, account_id ${integer} NOT NULL, number ${integer} NOT NULL,
      body_id ${integer} NOT NULL, item_bytes ${integer} NOT NULL, hold_nano ${integer},
      outcome ${integer}, usability ${integer}, error_type ${anyText}, cost_nano ${integer},
      realtime_nano ${integer}, result_id ${integer}, settled_at ${integer}, released_at ${integer},
      withdrawn ${integer} NOT NULL, possibly_paid ${integer} NOT NULL, waste ${integer} NOT NULL,
      PRIMARY KEY (submission_id, ordinal)) ${keyOrdered}`,
    'CREATE INDEX attempts_request ON attempts (request_id)',
    `CREATE TABLE results (
      id ${rowId}, project_id ${integer} NOT NULL, account_id ${integer} NOT NULL,
      input_tokens ${integer}, output_tokens ${integer},
      cache_read_tokens ${integer}, cache_write_5m_tokens ${integer}, cache_write_1h_tokens ${integer},
      web_search_requests ${integer}, inference_geo ${anyText}, bytes ${bytes} NOT NULL)`,
    `CREATE TABLE quarantine (
      id ${rowId}, project_id ${integer} NOT NULL, account_id ${integer} NOT NULL,
      submission_id ${integer} NOT NULL, batch ${anyText} NOT NULL, reason ${integer} NOT NULL,
      line_number ${integer} NOT NULL, hash ${bytes} NOT NULL, found_at ${integer} NOT NULL,
      bytes ${bytes} NOT NULL,
      UNIQUE (account_id, batch, hash))`,
  ]
}
