import { HalfrateError, InvariantError, StoreUnavailableError } from '@halfrate/core'
import { StoreAccessError } from '@halfrate/store-sql'

/** What went wrong with a step, as far as it decides what to do next. */
export type Trouble = 'conflict' | 'connection' | 'other'

// Serialization failure, deadlock, lock not available.
const CONFLICTS: readonly string[] = ['40001', '40P01', '55P03']

// The server ends the session or can't take it: shutdown, crash, start-up, too many clients, idle for too long, and a
// primary that has become a replica.
const ENDS_SESSION =
  /^(08|57P0[1-5]|53300|25006|25P0[34]|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT$)/

/** The code of a driver's or the server's error; an empty text for none. */
function codeOf(error: unknown): string {
  const isCoded = error instanceof Error && 'code' in error && typeof error.code === 'string'
  return isCoded ? (error.code as string) : ''
}

/** Tells apart what a repeated step can cure, what a new connection can, and the rest. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof HalfrateError) return 'other'
  const code = codeOf(error)
  if (CONFLICTS.includes(code)) return 'conflict'
  return ENDS_SESSION.test(code) || isDriverLoss(error) ? 'connection' : 'other'
}

const SILENCE = 'Query read timeout'

/** Whether a connection was asked and no answer came in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === SILENCE
}

// The driver gives these no code.
function isDriverLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|Query read timeout|timeout expired|timeout exceeded when|Client (has encountered|was closed))/.test(
      error.message,
    )
  )
}

interface Advice {
  readonly problem: string
  readonly nextStep: string
}

const ADVICE: readonly (readonly [code: RegExp, advice: Advice])[] = [
  [
    /^(42501)$/,
    {
      problem: 'this role may not do that',
      nextStep:
        'Let the owner of the database run: GRANT CREATE ON DATABASE … TO …, or name a role that owns the schema.',
    },
  ],
  [
    /^(28|ESASL)/,
    {
      problem: 'the server refuses this role',
      nextStep: 'Check user and password of the connection URL and the server’s pg_hba.conf.',
    },
  ],
  [/^3D000$/, { problem: 'there is no such database', nextStep: 'Make it with createdb.' }],
  [
    /^(53100|53200)$/,
    {
      problem: 'the server has no room left',
      nextStep: 'Nothing is lost: make room on the server, the step is tried again.',
    },
  ],
  [
    /^(42P01|42703|3F000)$/,
    {
      problem: 'tables of the store are missing',
      nextStep: 'Somebody changed the schema: restore a backup, or name another schema.',
    },
  ],
]

// What strikes when something takes too long says so in words that name the setting.
const SETTING_OF: Readonly<Record<string, string>> = {
  '57014': 'statement_timeout',
  '55P03': 'lock_timeout',
  '25P03': 'idle_in_transaction_session_timeout',
}

/** What an error of the driver or the server says, for a sentence, with its code and the setting that it is about. */
export function causeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (isSilence(error)) return 'the server did not answer'
  const code = codeOf(error)
  if (code === '') return error.message
  // Node's own sentences name it: connect ECONNREFUSED 127.0.0.1:5432.
  if (error.message.includes(code)) return error.message
  const setting = SETTING_OF[code]
  return `${error.message}, ${code}${setting === undefined ? '' : ` (${setting})`}`
}

/**
 * Turns an error of the driver or the server into one of the family; anything else comes back as it is.
 *
 * @param place - the store as it may be printed, without a password.
 */
export function translateError(error: unknown, place: string): unknown {
  if (error instanceof HalfrateError || !(error instanceof Error)) return error
  const code = codeOf(error)
  const said = causeText(error)
  const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1]
  if (advice !== undefined) {
    return new StoreAccessError(`${place}: ${advice.problem} (${said}).`, advice.nextStep, {
      cause: error,
    })
  }
  if (/^2[0-3]/.test(code)) return new InvariantError(`${place}: ${said}.`, { cause: error })
  const isOurs = code === '' && troubleOf(error) === 'other'
  return isOurs ? error : new StoreUnavailableError(`${place}: ${said}.`, { cause: error })
}
