import type { OpenCall } from './open-call.js'
import { type WatchedStream, watchStream } from './watch-stream.js'

// What the SDK's promise of an answer is made of, in every version so far: nothing is read before somebody asks for it.
interface PendingAnswer {
  responsePromise: Promise<{ readonly response?: unknown }>
  parseResponse: (...args: readonly unknown[]) => unknown
  asResponse: () => Promise<unknown>
}

/**
 * Follows a call to its end. The promise stays the object that it was: it is still read only when somebody asks, and a
 * rejection that nobody handles is still one.
 *
 * @returns false when it is no promise of the SDK as it is known here; then nothing was touched.
 */
export function watchCall(pending: unknown, call: OpenCall): boolean {
  if (!isPendingAnswer(pending)) return false
  const { responsePromise, parseResponse, asResponse } = pending
  let isParsed = false
  pending.responsePromise = responsePromise.then(
    (props) => {
      call.answered(props.response)
      return props
    },
    (error: unknown) => {
      call.failed(error)
      throw error
    },
  )
  pending.parseResponse = async (...args) => {
    isParsed = true
    try {
      const data = await parseResponse.apply(pending, [...args])
      if (call.isStreamed && isStream(data)) watchStream(data, call)
      else call.succeeded(data)
      return data
    } catch (error) {
      call.failed(error)
      throw error
    }
  }
  const asRawResponse = async (): Promise<unknown> => {
    const response = await asResponse.call(pending)
    if (!isParsed) call.unread()
    return response
  }
  Object.defineProperty(pending, 'asResponse', { value: asRawResponse, configurable: true })
  return true
}

function isPendingAnswer(value: unknown): value is PendingAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { responsePromise, parseResponse, asResponse } = value as Partial<PendingAnswer>
  return (
    responsePromise instanceof Promise &&
    typeof parseResponse === 'function' &&
    typeof asResponse === 'function'
  )
}

function isStream(value: unknown): value is WatchedStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
