import {
  ConfigError,
  DEFAULT_PROJECT,
  type JobId,
  type QueueName,
  type RequestLife,
  type RequestScope,
} from '@halfrate/core'
import { keyHashOf } from '@halfrate/core/intake'
import type { Halfrate } from '@halfrate/runtime'
import { queueFlag } from '../flags/queue-flag.js'
import { findJob } from '../run/find-job.js'
import { commandText } from '../screen/command-text.js'
import { shellWord } from '../screen/outcome-screen.js'
import { checkQueue } from './known-queue.js'

/** Flags that say where requests are, as they were typed. */
export interface ScopeFlags {
  readonly job?: string | undefined
  readonly queue?: string | undefined
}

/** A job, or a queue with what is in it, and how people call it. */
export interface NamedScope {
  /** `job claims`, `queue triage`. */
  readonly text: string
  /** ` --job claims`, for commands that are shown. */
  readonly flag: string
  readonly scope: RequestScope
  /** Where keys are unique. */
  readonly keys: { readonly jobId: JobId } | { readonly queue: QueueName }
  readonly queue: QueueName
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
}

/**
 * Finds the job or the queue that flags name; without any the only job there is.
 *
 * @throws {ConfigError} when there is none of that name, or both are named.
 */
export async function namedScope(
  half: Halfrate,
  flags: ScopeFlags,
  storeFlag: string,
): Promise<NamedScope> {
  if (flags.queue === undefined)
    return { ...(await jobScope(half, flags.job, storeFlag)), storeFlag }
  if (flags.job !== undefined) {
    throw new ConfigError("--job and --queue can't go together.", 'Choose one.')
  }
  const queue = queueFlag('--queue')(flags.queue)
  await checkQueue(half, queue)
  return {
    text: `queue ${queue}`,
    flag: ` --queue ${queue}`,
    scope: { project: DEFAULT_PROJECT, queue },
    keys: { queue },
    queue,
    storeFlag,
  }
}

async function jobScope(
  half: Halfrate,
  name: string | undefined,
  storeFlag: string,
): Promise<Omit<NamedScope, 'storeFlag'>> {
  const job = await findJob(half, name, storeFlag)
  return {
    text: `job ${job.name}`,
    flag: ` --job ${shellWord(job.name)}`,
    scope: { project: DEFAULT_PROJECT, jobId: job.id },
    keys: { jobId: job.id },
    queue: job.queue,
  }
}

const SHOWN_KEYS = 3

/**
 * What is known of the requests under some keys, in their order.
 *
 * @throws {ConfigError} when one of them is not there.
 */
export async function livesOf(
  half: Halfrate,
  where: NamedScope,
  keys: readonly string[],
): Promise<readonly RequestLife[]> {
  const lives: RequestLife[] = []
  const missing: string[] = []
  for (const key of new Set(keys)) {
    const keyHash = keyHashOf(key, half.digest.hash128)
    const named = { project: DEFAULT_PROJECT, scope: where.keys, key, keyHash }
    const life = await half.store.getRequest(named)
    if (life === null) missing.push(JSON.stringify(key))
    else lives.push(life)
  }
  if (missing.length === 0) return lives
  const more = missing.length > SHOWN_KEYS ? ', …' : ''
  throw new ConfigError(
    `${where.text} has no request with the key ${missing.slice(0, SHOWN_KEYS).join(', ')}${more}.`,
    'jobId' in where.keys
      ? `${commandText(`results${where.flag}`, where.storeFlag)} lists all of them. Nothing was changed.`
      : 'Keys of a job are found with --job. Nothing was changed.',
  )
}
