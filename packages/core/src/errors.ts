/** Stable codes of everything that Halfrate throws. */
export type ErrorCode =
  | 'budget_reached'
  | 'canary_stopped'
  | 'invalid_input'
  | 'key_conflict'
  | 'config'
  | 'lease_lost'
  | 'engine_stopped'
  | 'worker_running'
  | 'illegal_transition'
  | 'invariant'
  | 'store_unavailable'
  | 'store_closed'
  | 'store_newer'
  | 'store_foreign'
  | 'request_ended'
  | 'deadline_passed'
  | 'output'
  | 'webhook_not_taken'
  | 'unsupported_node'

/**
 * The one family of errors. Each says what was expected, what came, and what to do next, and keeps its cause.
 *
 * Ends of requests (errored, expired, …) are values, never errors.
 */
export class HalfrateError extends Error {
  readonly code: ErrorCode
  /** One sentence: what the reader can do about it. */
  readonly nextStep: string

  constructor(code: ErrorCode, message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.nextStep = nextStep
  }
}

/** Where in an input something is wrong. */
export interface InputPlace {
  /** File name as the caller gave it; null for input that has none. */
  readonly file: string | null
  /** From 1; null when it is about the whole input. */
  readonly line: number | null
  /** Path of the member, such as `params.max_tokens`; null when it is about the whole line. */
  readonly field: string | null
}

/** Input that can't be taken. Nothing of it was stored for good and nothing was sent. */
export class InvalidInputError extends HalfrateError {
  readonly place: InputPlace
  /** The rule that was broken, such as `invalid_params`; stable. */
  readonly rule: string
  /** What was expected and what came: the message without the place. */
  readonly problem: string

  constructor(params: {
    readonly place: InputPlace
    readonly rule: string
    /** What was expected and what came. */
    readonly problem: string
    readonly nextStep: string
    readonly cause?: unknown
  }) {
    const { file, line, field } = params.place
    const where = [file, line].filter((part) => part !== null).join(':')
    const prefix = [where, field].filter((part) => part !== null && part !== '').join(': ')
    const message = prefix === '' ? params.problem : `${prefix}: ${params.problem}`
    super('invalid_input', message, params.nextStep, { cause: params.cause })
    this.place = params.place
    this.rule = params.rule
    this.problem = params.problem
  }
}

/** Keys that are there already with other params, and the caller did not say what to do about it. */
export class KeyConflictError extends HalfrateError {
  readonly changedRows: number

  constructor(params: {
    readonly job: string
    readonly changedRows: number
    readonly firstKeys: readonly string[]
  }) {
    const keys = params.firstKeys.map((key) => JSON.stringify(key)).join(', ')
    super(
      'key_conflict',
      `${params.changedRows} ${params.changedRows === 1 ? 'row' : 'rows'} of job "${params.job}" ${params.changedRows === 1 ? 'has' : 'have'} other params than last time (${keys}${params.changedRows > params.firstKeys.length ? ', …' : ''}).`,
      'Nothing was sent. --changed sends those rows anew, --keep keeps the old answers, --as NAME starts a new job.',
    )
    this.changedRows = params.changedRows
  }
}

/** A setting, flag or environment variable that can't be used. */
export class ConfigError extends HalfrateError {
  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super('config', message, nextStep, options)
  }
}

/** The lease behind a fenced write belongs to somebody else now; nothing was written. */
export class LeaseLostError extends HalfrateError {
  constructor(resource: string, options?: ErrorOptions) {
    super(
      'lease_lost',
      `The lease of ${resource} is held by another worker now.`,
      'Drop this step; its new holder goes on.',
      options,
    )
  }
}

/** The engine was told to stop and broke a step off that waited for the provider; nothing was decided by it. */
export class EngineStoppedError extends HalfrateError {
  constructor() {
    super(
      'engine_stopped',
      'The engine stopped before the provider had answered.',
      'Nothing: whoever works next does this step anew.',
    )
  }
}

/** Another worker runs on a store that takes one at a time. */
export class WorkerRunningError extends HalfrateError {
  constructor(holder: string, until: string) {
    super(
      'worker_running',
      `Another worker (${holder}) runs on this store, until ${until} or longer.`,
      'Stop it, or wait until its lease lapses; status, results, why and run work beside it.',
    )
  }
}

/** A move that the state machine does not have. A bug, never an input. */
export class IllegalTransitionError extends HalfrateError {
  constructor(what: string, from: string, to: string) {
    super(
      'illegal_transition',
      `${what} can't go from ${from} to ${to}.`,
      'Please report this with the output of halfrate verify.',
    )
  }
}

/** Something that must always hold does not. A bug, never an input. */
export class InvariantError extends HalfrateError {
  constructor(message: string, options?: ErrorOptions) {
    super('invariant', message, 'Please report this with the output of halfrate verify.', options)
  }
}

/** The store did not answer, or answered with a passing error; the call may or may not have happened. */
export class StoreUnavailableError extends HalfrateError {
  constructor(message: string, options?: ErrorOptions & { readonly nextStep?: string }) {
    super('store_unavailable', message, options?.nextStep ?? PASSING, options)
  }
}

const PASSING =
  'Nothing is lost. Workers try again by themselves; repeat anything else once the store answers.'

/** The store can't be used as it is: no permission, no room, damaged. A person has to do something first. */
export class StoreAccessError extends StoreUnavailableError {
  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, { ...options, nextStep })
  }
}

/** The store was shut down in this process. */
export class StoreClosedError extends HalfrateError {
  constructor() {
    super('store_closed', 'The store is closed.', 'Open it again.')
  }
}

/** The store was written by a newer Halfrate. */
export class StoreNewerError extends HalfrateError {
  constructor(params: { readonly path: string; readonly found: string; readonly newest: string }) {
    super(
      'store_newer',
      `${params.path} has migration ${params.found}; this version of Halfrate knows up to ${params.newest}.`,
      'Update halfrate, or name another store.',
    )
  }
}

/** What was opened as a store is something else. */
export class StoreForeignError extends HalfrateError {
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super('store_foreign', `${path}: ${problem}`, 'Name another file as the store.', options)
  }
}

/** The output can't be written. */
export class OutputError extends HalfrateError {
  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super('output', message, nextStep, options)
  }
}
