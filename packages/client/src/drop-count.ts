/** Counts what was not recorded, and tells somebody of the first time: what is broken is so for every call. */
export class DropCount {
  readonly #onError: (error: unknown) => unknown
  #count = 0

  constructor(onError: (error: unknown) => unknown) {
    this.#onError = onError
  }

  /** How much was dropped so far. */
  get count(): number {
    return this.#count
  }

  /** Counts more. Never throws, whatever the one does who is told. */
  add(records: number, error: unknown): void {
    const isFirst = this.#count === 0
    this.#count += records
    if (!isFirst) return
    try {
      const told = this.#onError(error)
      if (isThenable(told)) told.then(undefined, () => undefined)
    } catch {
      // Who is to be told of errors has failed too; the call goes on.
    }
  }
}

/** Whether something goes on after its function has returned. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}
