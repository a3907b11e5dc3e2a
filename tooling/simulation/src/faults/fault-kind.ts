/** What can go wrong in a create call besides its answer being right. At most one of these strikes a call. */
export const CREATE_KINDS = [
  'lost_before',
  'lost_after',
  'late',
  'server_error_before',
  'server_error_after',
  'overloaded_before',
  'overloaded_after',
  'garbled_answer',
  'hang',
  'rate_limited',
  'rate_limited_bare',
  'own_limit',
  'refused',
  'too_large',
  'unauthorized',
  'conflict',
  'twin',
] as const

/** What can be odd about a batch that was accepted. */
export const BATCH_KINDS = [
  'list_lag',
  'retrieve_lag',
  'canceled_by_others',
  'deleted_by_others',
] as const

/** What can become of a row. */
export const ROW_KINDS = [
  'row_errored',
  'row_permanent',
  'row_expired',
  'row_held',
  'row_unusable',
  'row_odd_text',
] as const

/** What can go wrong when something is read. */
export const READ_KINDS = ['flap', 'read_error', 'stale', 'list_repeats', 'cancel_ignored'] as const

/** What can be wrong with a results file. At most one of these strikes a fetch. */
export const RESULTS_KINDS = ['cut', 'extra_lines', 'omitted', 'contradicted', 'stalled'] as const

/** What can happen to a process at one of its calls, to its store, and to the workspace. */
export const CALL_KINDS = [
  'crash',
  'pause',
  'store_error',
  'store_busy',
  'serialization',
  'connection_refused',
  'connection_reset',
  'reset_mid_body',
  'slow_upload',
  'last_byte_freeze',
  'foreign_batch',
] as const

/** What goes on for a while, for all processes. */
export const WINDOW_KINDS = ['store_down', 'disk_full', 'provider_down', 'list_frozen'] as const

/** What happens to workers at an instant, whatever they are doing. */
export const WORKER_KINDS = ['stop', 'clock_jump', 'absence', 'restored'] as const

/** What can be wrong with the account, or with a request at the provider's door. */
export const DOOR_KINDS = ['account_outage', 'row_poison', 'ramp_limited'] as const

/** What people do who are asked. */
export const PERSON_KINDS = ['asked'] as const

/** Every kind of fault. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...CREATE_KINDS,
  ...BATCH_KINDS,
  ...ROW_KINDS,
  ...READ_KINDS,
  ...RESULTS_KINDS,
  ...CALL_KINDS,
  ...WINDOW_KINDS,
  ...WORKER_KINDS,
  ...DOOR_KINDS,
  ...PERSON_KINDS,
]

/** One kind of fault. */
export type FaultKind =
  | (typeof CREATE_KINDS)[number]
  | (typeof BATCH_KINDS)[number]
  | (typeof ROW_KINDS)[number]
  | (typeof READ_KINDS)[number]
  | (typeof RESULTS_KINDS)[number]
  | (typeof CALL_KINDS)[number]
  | (typeof WINDOW_KINDS)[number]
  | (typeof WORKER_KINDS)[number]
  | (typeof DOOR_KINDS)[number]
  | (typeof PERSON_KINDS)[number]

/** A kind that goes on for a while. */
export type WindowKind = (typeof WINDOW_KINDS)[number]

/** The published assumptions that a seed may break. */
export type Assumption = 'late' | 'frozen' | 'twin' | 'deleted' | 'unreadable' | 'absent'
