import type { AnyText } from './any-text.js'

type Flag = 0 | 1

/** A request: what came, and what seldom happens to it. 0 stands for no job, no prefix and no batch limit. */
export interface RequestsTable {
  id: number
  project_id: number
  account_id: number
  queue_id: number
  lane_id: number
  job_id: number
  /** The part of its job in which it was put; 0 outside a job. */
  part: number
  /** The newest part whose input lists it, and the row there. */
  listed_part: number
  row: number | null
  /** The part before that and its row, which count while the newest one is open. */
  listed_before_part: number
  listed_before_row: number | null
  key: AnyText
  params_hash: Uint8Array
  body_id: number
  prefix_id: number
  model_id: number
  max_tokens: number
  item_bytes: number
  labels: string | null
  deadline_at: number | null
  created_at: number
  not_before: number
  batch_limit: number
  failure_count: number
  expiry_count: number
  verdict_detail: AnyText | null
  result_submission_id: number | null
  result_ordinal: number | null
  cancel_requested_at: number | null
  superseded_by: number | null
  /** The older request under the same key that it takes the place of. */
  supersedes_id: number | null
}

/** What happens to every request, narrow, with the request's id. */
export interface ProgressTable {
  id: number
  state: number
  attempt_count: number
  /**
   * The submission of its only attempt, while nothing was done to that attempt but what the columns below say. A
   * success may be booked here alone then; with anything else it becomes null, for good.
   */
  submission_id: number | null
  /** The line of that success; with it the attempt's own row is out of date, see `attempts_now`. */
  result_id: number | null
  verdict: number | null
  cost_nano: number | null
  realtime_nano: number | null
  done_at: number | null
}

/** A request that planning may take, in the order in which batches are filled. */
export interface WaitingTable {
  project_id: number
  queue_id: number
  account_id: number
  lane_id: number
  batch_limit: number
  model_id: number
  prefix_id: number
  id: number
  job_id: number
  part: number
  not_before: number
  item_bytes: number
  max_tokens: number
  created_at: number
}

/** The view of requests with their progress. */
export interface RequestsNow
  extends Omit<RequestsTable, 'result_submission_id' | 'result_ordinal'> {
  state: number
  attempt_count: number
  verdict: number | null
  done_at: number | null
  /** The columns of `progress` about its only attempt. */
  only_in: number | null
  only_cost_nano: number | null
  only_realtime_nano: number | null
  is_direct: Flag
  /** The submission and the place of the attempt that it ended with. */
  result_in: number | null
  result_at: number | null
}

/** One request's place in one submission. To be read through the view `attempts_now`. */
export interface AttemptsTable {
  submission_id: number
  ordinal: number
  request_id: number
  project_id: number
  account_id: number
  number: number
  body_id: number
  item_bytes: number
  hold_nano: number | null
  outcome: number | null
  usability: number | null
  error_type: AnyText | null
  cost_nano: number | null
  realtime_nano: number | null
  result_id: number | null
  settled_at: number | null
  released_at: number | null
  withdrawn: Flag
  possibly_paid: Flag
  waste: Flag
  /** The model that it asked, where its request asks another one since. */
  model_id: number | null
}

/** A result line, in arrival order, with its usage. Usage columns are null together. */
export interface ResultsTable {
  id: number
  project_id: number
  account_id: number
  input_tokens: number | null
  output_tokens: number | null
  cache_read_tokens: number | null
  cache_write_5m_tokens: number | null
  cache_write_1h_tokens: number | null
  web_search_requests: number | null
  inference_geo: AnyText | null
  bytes: Uint8Array
}

/** One thing that we send. Documents are JSON. */
export interface SubmissionsTable {
  id: number
  project_id: number
  account_id: number
  queue_id: number
  lane_id: number
  nonce: string
  state: number
  orphan: Flag
  reclaim_pending: Flag
  twin_of: number | null
  batch_limit: number
  request_count: number
  /** Ordinals given out, those of withdrawn members included. */
  next_ordinal: number
  items_bytes: number
  hold_nano: number
  spent_nano: number | null
  up_to_id: number
  opened_at: number
  sealed_at: number | null
  look: string | null
  send_started_at: number | null
  send_not_after_at: number | null
  remote_id: AnyText | null
  remote_status: number | null
  remote_created_at: number | null
  remote_expires_at: number | null
  remote_ended_at: number | null
  remote_archived_at: number | null
  counts: string | null
  polled_at: number | null
  error: string | null
  /** Null while it has not begun. */
  search: string | null
  /** Null while it has not begun. */
  collecting: string | null
  verdict_at: number | null
  possibly_paid: Flag
  ended_at: number | null
  collected_at: number | null
  cancel_requested_at: number | null
  next_step_at: number | null
}

/** A caller's named set of requests. */
export interface JobsTable {
  id: number
  project_id: number
  queue_id: number
  name: AnyText
  state: number
  committed_part: number
  open_part: number
  /** How often an open part of the job was discarded; the number of the present filling. */
  fill: number
  /** Requests that the open part has put; 0 when none is open. */
  open_part_rows: number
  open_part_at: number
  /** No request of the open part has a lower id. */
  open_part_from_id: number
  source_digest: string | null
  row_count: number
  created_at: number
  committed_at: number | null
  /** The newest request of the job; all of them have ids above the job's own. */
  last_id: number
  /** Every request of the job with an id up to this one is done; saves the sweep from looking again. */
  done_up_to_id: number
}

/** The newest request under a key. */
export interface KeysTable {
  project_id: number
  /** The job's id, or minus the queue's number. */
  scope_id: number
  hash: Uint8Array
  request_id: number
}

/** Members that many params share. */
export interface PrefixesTable {
  id: number
  project_id: number
  hash: Uint8Array
  bytes: Uint8Array
}

/** Members of one request's params. */
export interface BodiesTable {
  id: number
  project_id: number
  account_id: number
  prefix_id: number
  /** The hash of the key that the caller gave it; null for what we made. */
  key_hash: Uint8Array | null
  /** The body that this one was made from, and why; null for what came from the caller. */
  parent_id: number | null
  reason: string | null
  bytes: Uint8Array
}

/** A project, account, queue, lane or model. */
export interface NamesTable {
  id: number
  text: AnyText
}

/** A line that could not be booked. */
export interface QuarantineTable {
  id: number
  project_id: number
  account_id: number
  submission_id: number
  /** The provider's id of the batch, `submission:<id>` when none is known. */
  batch: AnyText
  reason: number
  line_number: number
  hash: Uint8Array
  found_at: number
  bytes: Uint8Array
}

/** Requests that one step has ended, until they are handed over. */
export interface DeliveriesTable {
  id: number
  project_id: number
  queue_id: number
  /** A JSON list, ascending. */
  request_ids: string
  request_count: number
  position: number
  tries: number
  created_at: number
  due_at: number
}

/** The tables that cold reads and checks ask. */
export interface Tables {
  requests: RequestsTable
  requests_now: RequestsNow
  progress: ProgressTable
  waiting: WaitingTable
  attempts: AttemptsTable
  attempts_now: AttemptsTable
  results: ResultsTable
  submissions: SubmissionsTable
  jobs: JobsTable
  keys: KeysTable
  prefixes: PrefixesTable
  bodies: BodiesTable
  names: NamesTable
  quarantine: QuarantineTable
  deliveries: DeliveriesTable
}
