import { AsyncLocalStorage } from 'node:async_hooks'

/** What a program says about a call; nothing of it reaches the provider. */
export interface CallMarks {
  /** What the call is for. */
  readonly feature?: string | undefined
  /** Added to the labels from further out; the nearer one wins. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Whether somebody waits for the answer. */
  readonly awaited?: boolean | undefined
}

const MARKS: unique symbol = Symbol('@halfrate/client')
const scope = new AsyncLocalStorage<CallMarks>()

/**
 * Marks every call that is made within `run`, however deep, across awaits. Scopes may be nested: the inner one wins.
 *
 * @example
 * const message = await withFeature('triage', () => client.messages.create(params))
 */
export function withFeature<Result>(marks: string | CallMarks, run: () => Result): Result {
  const inner = typeof marks === 'string' ? { feature: marks } : marks
  return scope.run(joined(scope.getStore() ?? {}, inner), run)
}

/**
 * Options of one call that say what it is for. They are taken off before the SDK sees them.
 *
 * @param options what else the call is given, such as `signal`.
 *
 * @example
 * client.messages.create(params, about({ labels: { customer: '42' }, awaited: false }, { timeout: 20_000 }))
 */
export function about<Options extends object = Record<never, never>>(
  marks: CallMarks,
  options?: Options,
): Options {
  const given = options ?? ({} as Options)
  return { ...given, [MARKS]: joined(marksOf(given), marks) }
}

/** What is said about a call with these options, here and now; the call's own marks win over the scope's. */
export function marksHere(options: object): CallMarks {
  return joined(scope.getStore() ?? {}, marksOf(options))
}

/** The options without what {@link about} put there; the same object when there is nothing. */
export function withoutMarks<Options extends object>(options: Options): Options {
  if (!(MARKS in options)) return options
  const rest: Options & { [MARKS]?: unknown } = { ...options }
  delete rest[MARKS]
  return rest
}

/** Marks from further out and nearer ones as one. */
export function joined(outer: CallMarks, inner: CallMarks): CallMarks {
  return {
    feature: inner.feature ?? outer.feature,
    labels: { ...outer.labels, ...inner.labels },
    awaited: inner.awaited ?? outer.awaited,
  }
}

function marksOf(options: object): CallMarks {
  return (options as { readonly [MARKS]?: CallMarks })[MARKS] ?? {}
}
