import type { Message, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { ConfigError, type EpochMs, type QueueName } from '@halfrate/core'
import { checkMs, checkObject, checkOptions, checkText, type Members } from '../check-arguments.js'
import { DEFERRED_QUEUE } from '../first-policy.js'
import type { Halfrate } from '../halfrate.js'
import { queueName } from '../queue-name.js'
import { deferredHomeOf, ofQueue } from './deferred-home.js'
import { DeferredQueue } from './deferred-queue.js'

/** What all calls of a client have in common. */
export interface DeferredOptions {
  /** The queue that the calls go through, whose policy says when they are sent. Default `deferred`. */
  readonly queue?: string | undefined
  /** Tells calls of equal content apart: with another salt each is asked anew. Default: none. */
  readonly salt?: string | undefined
  /** Labels of every call; those of a call come on top. They are no part of its content. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Every call rejects so long after it was made, milliseconds; see {@link DeferredCallOptions.deadlineAt}. Default: none. */
  readonly deadlineMs?: number | undefined
  /** Lets every call go; see {@link DeferredCallOptions.signal}. */
  readonly signal?: AbortSignal | undefined
  /** Whether a stored failure is sent anew, by the first call that meets it. Default false: the call gets it again. */
  readonly retryFailed?: boolean | undefined
  /** False leaves the work to others, as to a `halfrate work` process or to ticks. Default true. */
  readonly start?: boolean | undefined
}

/** How one call is made. */
export interface DeferredCallOptions {
  /** In place of a key that is made of the content: 1 to 512 bytes of UTF-8, one for each request of the queue. */
  readonly key?: string | undefined
  /** In place of the client's. */
  readonly salt?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  /**
   * When nobody wants the answer any more: epoch milliseconds or an RFC 3339 instant with its zone. The call rejects with
   * {@link DeadlinePassedError} then, and is taken back like one whose signal is aborted. In place of the client's.
   */
  readonly deadlineAt?: EpochMs | string | undefined
  /**
   * Lets the call go, besides the client's: its promise rejects with the signal's reason. When nobody else in this process
   * waits for the request, and this process has put it there, it is canceled; an answer that is paid all the same is kept.
   */
  readonly signal?: AbortSignal | undefined
  /** In place of the client's. */
  readonly retryFailed?: boolean | undefined
}

/** A client whose calls are answered at half the price, when a batch has come back: within a day, most of them far sooner. */
export interface Deferred<
  Params extends object = MessageCreateParamsNonStreaming,
  Answer = Message,
> {
  readonly queue: QueueName
  /** The key of a call, to look it up by: `half.why(key, { queue })`. */
  keyOf(params: Params, options?: Pick<DeferredCallOptions, 'key' | 'salt'>): string
  readonly messages: {
    /**
     * Asks for a message, and resolves with it as the provider sent it, `usage` included.
     *
     * The request is in the store before it is sent, under a key that is made of its content. The same call again, also in another
     * process or after a crash, gets the stored answer or waits for the same request; it is never paid twice.
     *
     * @throws {InvalidInputError} when the request can't be taken.
     * @throws {RequestEndedError} when it ended without an answer that can be used.
     * @throws {DeadlinePassedError} when its deadline came before the answer.
     * @throws {KeyTakenError} when it has a key of its own, which is there with other params.
     * @throws {ConfigError} when an option can't be used, or this process can't work on the store.
     * @throws {StoreClosedError} when the store was closed meanwhile; the request stands.
     */
    create(params: Params, options?: DeferredCallOptions): Promise<Answer>
  }
}

/**
 * Makes a client whose `messages.create` is that of Anthropic's SDK, at half the price and without an answer at once.
 *
 * @typeParam Params, Answer - the types of another version of the SDK. They are taken at the caller's word.
 * @throws {ConfigError} when an option can't be used.
 *
 * @example
 * await using half = await openHalfrate({ store: './scores.db' })
 * const client = deferred(half)
 * const scores = await Promise.all(rows.map((row) => client.messages.create(askToScore(row))))
 */
export function deferred<Params extends object = MessageCreateParamsNonStreaming, Answer = Message>(
  half: Halfrate,
  options: DeferredOptions = {},
): Deferred<Params, Answer> {
  const home = deferredHomeOf(half)
  checkOptions('deferred', options, OPTIONS)
  if (options.deadlineMs !== undefined) checkMs('deferred', 'deadlineMs', options.deadlineMs)
  const given = options.queue ?? DEFERRED_QUEUE
  checkText('deferred', 'queue', given)
  const queue = queueName(given)
  const calls = ofQueue(home, queue, () => new DeferredQueue(home, queue))
  const identity = (call: Pick<DeferredCallOptions, 'key' | 'salt'>) => ({
    key: call.key ?? null,
    salt: call.salt ?? options.salt ?? null,
  })
  const create = (params: object, call: DeferredCallOptions): Promise<unknown> => {
    checkOptions('messages.create', call, CALL_OPTIONS)
    const signals = signalsOf(options.signal, call.signal)
    for (const signal of signals) signal.throwIfAborted()
    const { deadlineMs, retryFailed = false, start = true } = options
    const byClient = deadlineMs === undefined ? null : Math.ceil(home.half.clock.now() + deadlineMs)
    return calls.ask({
      ...{ params: withoutStream(params), ...identity(call), signals, start },
      labels: labelsOf(options.labels, call.labels),
      deadlineAt: call.deadlineAt ?? byClient,
      retryFailed: call.retryFailed ?? retryFailed,
    })
  }
  return {
    queue,
    keyOf: (params, call = {}) => calls.keyOf({ params: withoutStream(params), ...identity(call) }),
    messages: {
      create: (params, call = {}) => {
        try {
          return create(params, call) as Promise<Answer>
        } catch (error) {
          return Promise.reject(error)
        }
      },
    },
  }
}

const OPTIONS: Members<DeferredOptions> = {
  queue: true,
  salt: true,
  labels: true,
  deadlineMs: true,
  signal: true,
  retryFailed: true,
  start: true,
}
const CALL_OPTIONS: Members<DeferredCallOptions> = {
  key: true,
  salt: true,
  labels: true,
  deadlineAt: true,
  signal: true,
  retryFailed: true,
}

// `stream: false` says what is so without it, and would make another key.
function withoutStream(params: object): object {
  checkObject('messages.create', 'params, an object', params)
  const { stream, ...rest } = params as { readonly stream?: unknown }
  if (stream === undefined || stream === false || stream === null) return rest
  throw new ConfigError(
    'messages.create: expected params without stream, since a deferred answer comes whole; got stream.',
    'Leave stream out, or make this call with the client of the SDK itself. Nothing was stored.',
  )
}

type Labels = DeferredOptions['labels']

function labelsOf(client: Labels, call: Labels): NonNullable<Labels> | null {
  return client === undefined && call === undefined ? null : { ...client, ...call }
}

const NO_SIGNALS: readonly AbortSignal[] = []

// Of very many calls most have none.
function signalsOf(...given: readonly (AbortSignal | undefined)[]): readonly AbortSignal[] {
  const signals = given.filter((signal) => signal !== undefined)
  return signals.length === 0 ? NO_SIGNALS : signals
}
