/** What is kept of an error: its status and its kind, never its words. */
export interface CallFailure {
  readonly status: number | null
  readonly type: string
  readonly isAbort: boolean
}

const WORD = /^\w{1,64}$/
const ABORTED = 'aborted'

/** Reads what an error of the SDK says, or any other that a call ended with. */
export function callFailure(error: unknown): CallFailure {
  const thrown = isObject(error) ? error : {}
  const className = Object.getPrototypeOf(thrown)?.constructor?.name
  const isAbort = className === 'APIUserAbortError' || thrown.name === 'AbortError'
  const status = typeof thrown.status === 'number' ? thrown.status : null
  const words = [thrown.type, innerType(thrown.error), className, thrown.name]
  const type = words.find((word) => typeof word === 'string' && WORD.test(word))
  return { status, type: isAbort ? ABORTED : String(type ?? 'Error'), isAbort }
}

// The API's envelope: {"type": "error", "error": {"type": "overloaded_error", …}}.
function innerType(body: unknown): unknown {
  return isObject(body) && isObject(body.error) ? body.error.type : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
