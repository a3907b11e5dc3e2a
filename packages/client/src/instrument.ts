import { ConfigError } from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import { type CallMarks, joined, marksHere, withoutMarks } from './call-marks.js'
import { OpenCall } from './open-call.js'
import { Recorder, type Sink } from './recorder.js'
import { watchCall } from './watch-call.js'

/** What is needed of a client: every client of the official SDK has it, those for other platforms too. */
export interface Instrumentable {
  post(path: string, options?: object): unknown
  withOptions(options: object): unknown
}

/** How the calls of a client are recorded. */
export interface InstrumentOptions {
  /** What its calls are for, unless a call says more: the feature of an audit, and the queue that they could go through. */
  readonly queue?: string | undefined
  /** Labels of every call. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Whether somebody waits for its answers. Left out, the records do not say. */
  readonly awaited?: boolean | undefined
  /** Where the records go, one for each call. */
  readonly sink: Sink
  /** Prices that count. Default: those that are built in. */
  readonly prices?: PriceBook | undefined
  /** Told once of the first thing that kept a call from being recorded; the rest is counted ({@link droppedCalls}). */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

interface Instrument {
  readonly recorder: Recorder
  readonly marks: CallMarks
  readonly prices: PriceBook | undefined
}

const recorders = new WeakMap<object, Recorder>()

/**
 * Makes a client of the same kind that records its real-time calls, and behaves as the one that it is made of in all else.
 *
 * It is made by `withOptions({})`, so it has the given client's key, address, retries and connections; the given one stays
 * as it is. What is made of it by `withOptions()` records too. Messages are recorded, streamed or not, of `messages` and
 * `beta.messages`; batches and token counts are not. No prompt and no answer is ever recorded.
 *
 * @throws {ConfigError} when the client or the sink can't be used, before any call.
 *
 * @example
 * const client = instrument(new Anthropic(), { queue: 'triage', awaited: false, sink: jsonlSink('usage.jsonl') })
 */
export function instrument<Client extends Instrumentable>(
  client: Client,
  options: InstrumentOptions,
): Client {
  check(client, options)
  const { sink, queue, labels, awaited, prices, onError = () => undefined } = options
  const recorder = new Recorder(sink, onError)
  const marks = { feature: queue, labels, awaited }
  return dressed(client.withOptions({}) as Client, { recorder, marks, prices })
}

/** How many calls of an instrumented client were made and could not be recorded. 0 for any other client. */
export function droppedCalls(client: object): number {
  return recorders.get(client)?.dropped ?? 0
}

// Every call for a message comes through `post`: those of the stream helpers, the parser and the tool runner too.
function dressed<Client extends Instrumentable>(client: Client, by: Instrument): Client {
  const { post, withOptions } = client
  const own = (name: string, value: unknown): void => {
    Object.defineProperty(client, name, { value, configurable: true, writable: true })
  }
  own('post', (path: string, options?: object) => {
    if (!isMessages(path) || !isPlain(options)) return post.call(client, path, options)
    const open = openCall(options, by)
    const pending = post.call(client, path, withoutMarks(options))
    if (open !== null) by.recorder.guard(() => follow(pending, open))
    return pending
  })
  own('withOptions', (options: object) => {
    return dressed(withOptions.call(client, options) as Client, by)
  })
  recorders.set(client, by.recorder)
  return client
}

function openCall(options: { readonly body?: unknown }, by: Instrument): OpenCall | null {
  const { recorder, prices } = by
  let call: OpenCall | null = null
  recorder.guard(() => {
    const marks = joined(by.marks, marksHere(options))
    call = new OpenCall({ recorder, marks, book: prices, body: options.body })
  })
  return call
}

function follow(pending: unknown, call: OpenCall): void {
  if (watchCall(pending, call)) return
  throw new ConfigError(
    'This version of the SDK is not known to @halfrate/client: its calls work, and are not recorded.',
    'Use the version of @halfrate/client that goes with it.',
  )
}

function isMessages(path: unknown): boolean {
  return typeof path === 'string' && path.split('?', 1)[0] === '/v1/messages'
}

function isPlain(options: unknown): options is { readonly body?: unknown } {
  return typeof options === 'object' && options !== null && 'body' in options
}

function check(client: unknown, options: Partial<InstrumentOptions> | undefined): void {
  const { post, withOptions } = (client ?? {}) as Partial<Instrumentable>
  if (typeof post !== 'function' || typeof withOptions !== 'function') {
    throw new ConfigError(
      'instrument: expected a client of @anthropic-ai/sdk, got something without post() and withOptions().',
      'Give the client itself: instrument(new Anthropic(), { sink })',
    )
  }
  const sink: unknown = options?.sink
  const write = (sink as { readonly write?: unknown } | null | undefined)?.write
  if (typeof sink === 'function' || typeof write === 'function') return
  throw new ConfigError(
    'instrument: expected a sink, got none.',
    "Give a function, or jsonlSink('usage.jsonl').",
  )
}
