/** An abort of our own that also follows the caller's, until it is let go. */
export interface LinkedAbort {
  readonly signal: AbortSignal
  abort(): void
  /** Stops following. A worker's signal lives as long as the worker, so listeners on it must not pile up. */
  unlink(): void
}

/** Makes an abort that follows the given signal. */
export function linkAbort(signal: AbortSignal | undefined): LinkedAbort {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    abort,
    unlink: () => signal?.removeEventListener('abort', abort),
  }
}
