import type { OpenCall } from './open-call.js'

/** What is needed of a stream of the SDK. */
export interface WatchedStream extends AsyncIterable<unknown> {
  readonly controller?: AbortController
}

/**
 * Reads along with whoever reads a stream: events pass untouched, at the reader's pace, and nothing is read that nobody asks
 * for. The stream stays the object that it was.
 */
export function watchStream(stream: WatchedStream, call: OpenCall): void {
  const open = stream[Symbol.asyncIterator].bind(stream)
  Object.defineProperty(stream, Symbol.asyncIterator, {
    value: () => watched(open(), call),
    configurable: true,
    writable: true,
  })
  // An error aborts as well, and is told by the iterator in this same turn: it counts more.
  const abort = (): void => void setImmediate(() => call.aborted())
  stream.controller?.signal.addEventListener('abort', abort, { once: true })
}

function watched(inner: AsyncIterator<unknown>, call: OpenCall): AsyncIterableIterator<unknown> {
  const seen = (step: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (step.done === true) call.aborted()
    else call.heard(step.value)
    return step
  }
  const fail = (error: unknown): never => {
    call.failed(error)
    throw error
  }
  const close = async (value: unknown): Promise<IteratorResult<unknown>> => {
    call.aborted()
    return inner.return === undefined ? { done: true, value } : inner.return(value)
  }
  return {
    next: () => inner.next().then(seen, fail),
    return: close,
    throw: (error: unknown) =>
      inner.throw === undefined ? Promise.reject(error) : inner.throw(error).then(seen, fail),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
