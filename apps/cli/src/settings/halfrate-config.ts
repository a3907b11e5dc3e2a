import type { AfterAbsence, OnLostAnswer, QueuePolicy } from '@halfrate/core'

/** A span of time as flags have it: `90s`, `30m`, `6h` or `3d`; `0` is none. */
export type ConfigSpan = `${number}${'s' | 'm' | 'h' | 'd'}` | '0' | 0

/**
 * What `halfrate.config.ts` or `halfrate.config.json` says for the commands of its folder.
 *
 * Every name is that of a flag, and means the same. A flag comes before the environment, and the environment before the file.
 * What is left out, or undefined, is as if the file did not speak of it.
 */
export interface HalfrateConfig {
  /** The store: a file, from this folder, or `postgres://user@host/database`. Default `./halfrate.db`. */
  readonly store?: string | undefined
  /** Where the API is, when `ANTHROPIC_BASE_URL` does not say. Default: the provider's own address. */
  readonly baseUrl?: string | undefined
  /** The model of rows that are made with `--prompt`. */
  readonly model?: string | undefined
  /** Most tokens of an answer to such a row. 1 to 1,000,000. */
  readonly maxTokens?: number | undefined
  /** Dollars above which `halfrate run` asks before it sends. Default 10. */
  readonly confirmAbove?: number | string | undefined
  /** The cap of each job in dollars, or `none`; see `--max-cost`. Default: what the job has. */
  readonly maxCost?: number | string | undefined
  /**
   * A price file, from this folder, whose rows come before the built-in prices; `halfrate prices check` checks one. It has no
   * flag, since a command that was typed without it would book at other prices. Default: none.
   */
  readonly prices?: string | undefined
  /** Most rows of a `halfrate run` in one batch. 1 to 100,000. Default 100,000, or what it was last. */
  readonly batchSize?: number | undefined
  /** Unusable answers that count as usable for `halfrate run`. Default: none, or what it was last. */
  readonly accept?: QueuePolicy['accept'] | undefined
  /**
   * Whether the custom ids of what `halfrate run` sends end in the keys of rows, for `halfrate salvage`; then the provider sees
   * keys. Default: no, or what it was last.
   */
  readonly keyTails?: boolean | undefined
  /** What `halfrate run` does when the answer to a send is lost. Default `resend`. */
  readonly onLostAnswer?: OnLostAnswer | undefined
  /** What is done after 10 minutes without a worker. Default `send`. */
  readonly afterAbsence?: AfterAbsence | undefined
  /** How long what is under way may end after Ctrl-C or SIGTERM. At most an hour. Default `60s`. */
  readonly grace?: `${number}${'ms' | 's' | 'm'}` | undefined
  /**
   * The queues and their policies, by their names: the truth, which `halfrate apply` writes into the store. What a queue
   * leaves out has its default there.
   */
  readonly queues?: Readonly<Record<string, QueueConfig>> | undefined
  /**
   * The budgets: the truth about those that it names, which `halfrate apply` writes into the store. A cap that a budget leaves out it
   * does not have there.
   */
  readonly budgets?: readonly BudgetConfig[] | undefined
}

/** A budget, under the names of the flags of `halfrate budgets set`: of a queue, else of a project, else of the account. */
export interface BudgetConfig {
  readonly queue?: string | undefined
  /** Of this project; beside a queue the project that it is in. */
  readonly project?: string | undefined
  /** Of the queue only what is called beside its late batches (`rescue: 'hedge'`). */
  readonly hedges?: boolean | undefined
  /** At most so many dollars a day. */
  readonly day?: number | string | undefined
  /** At most so many dollars a month. */
  readonly month?: number | string | undefined
  /** At most so many dollars in all. */
  readonly total?: number | string | undefined
  /** Whose days and months, such as `Europe/Berlin`. Default UTC. */
  readonly timeZone?: string | undefined
  /** Percents of a cap at which it is said that so much is paid. Default [80]. */
  readonly warnAt?: readonly number[] | undefined
}

/** A queue's policy, under the names of the flags of `halfrate queues set`. */
export interface QueueConfig {
  /** Requests that wait until they are sent. 1 to 100,000. Default 10,000; none beside a schedule. */
  readonly flushCount?: number | undefined
  /** Bytes that wait until they are sent. 1 to 255,000,000. Default 200,000,000; none beside a schedule. */
  readonly flushBytes?: number | undefined
  /** How long the oldest waits until they are sent; 0 sends at once. At most 28 days. Default `1h`; none beside a schedule. */
  readonly flushAge?: ConfigSpan | undefined
  /** When they are sent: five fields of cron, minute, hour, day of month, month, day of week. With `flushTimeZone`. */
  readonly flushSchedule?: string | undefined
  /** The place whose time that is, such as `Australia/Sydney`. */
  readonly flushTimeZone?: string | undefined
  /** Most requests in one batch. 1 to 100,000. Default 100,000. */
  readonly batchSize?: number | undefined
  /** Most bytes in one batch. 1 to 255,000,000. Default 200,000,000. */
  readonly batchBytes?: number | undefined
  /** Most requests in one batch of those that are wanted by an instant. 1 to 100,000. Default 1,000. */
  readonly deadlineBatchSize?: number | undefined
  /** What is done when the answer to a send is lost. Default `resend`. */
  readonly onLostAnswer?: OnLostAnswer | undefined
  /** Failures of a request before it is given up. 1 to 100. Default 3. */
  readonly maxFailures?: number | undefined
  /** From intake until what failed or expired is given up. At most 28 days. Default `72h`. */
  readonly giveUpAfter?: ConfigSpan | undefined
  /** Unusable answers that count as usable. Default none. */
  readonly accept?: QueuePolicy['accept'] | undefined
  /** The `max_tokens` with which an answer that was cut off is asked for once more; 0 for never. Default 0. */
  readonly raiseMaxTokensTo?: number | undefined
  /** How often a request goes on whose answer paused. 0 to 100. Default 0. */
  readonly continueAtMost?: number | undefined
  /** The model that is asked once when an answer is a refusal, or `none`. Default `none`. */
  readonly askRefusedOf?: string | undefined
  /** What the text of an answer is to be, so that one that is not goes back once: a file with a JSON Schema, the schema as text, or `none`. Default `none`. */
  readonly outputSchema?: string | undefined
  /** How many requests of each job go first, while the rest waits for what they show. 0 to 1,000. Default 0. */
  readonly canary?: number | undefined
  /** How long the rest of a job may wait for a row that goes first to write what all share to the cache; 0 for never. Default 0. */
  readonly primerWait?: ConfigSpan | undefined
  /** For how long the provider is to cache the `tools` and `system` that rows share: `none` leaves rows as they come. Default `none`. */
  readonly cachePrefix?: QueuePolicy['cachePrefix'] | undefined
  /** `rules`: what is enqueued goes in real time when it is wanted before a batch is likely back. Default `asked`. */
  readonly routing?: QueuePolicy['routing'] | undefined
  /** By the rules: how a request goes where there are few of them and none to share a batch with. Default `batch`. */
  readonly whenFew?: QueuePolicy['whenFew'] | undefined
  /** Fewer requests than that in 24 hours are few. 1 to 1,000. Default 100. */
  readonly fewADay?: number | undefined
  /** How much of what is enqueued goes in batches, by the key; the rest is asked in real time. 0 to 100. Default 100. */
  readonly batchPercent?: number | undefined
  /** `reroute`: what waits for a batch that would likely be back too late is called in real time. Default `never`. */
  readonly rescue?: QueuePolicy['rescue'] | undefined
  /** Whether custom ids end in keys, for `halfrate salvage`; then the provider sees keys. Default false. */
  readonly keyTails?: boolean | undefined
}

/**
 * Gives a `halfrate.config.ts` its types, and nothing else: what goes in comes out.
 *
 * The file is checked when a command reads it; `openHalfrate` does not read it.
 *
 * @example
 * export default defineConfig({
 *   model: 'claude-haiku-4-5',
 *   maxTokens: 512,
 *   queues: { claims: { flushSchedule: '0 2 * * *', flushTimeZone: 'Australia/Sydney' } },
 * })
 */
export function defineConfig(config: HalfrateConfig): HalfrateConfig {
  return config
}
