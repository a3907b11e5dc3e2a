import type { Answer, Response } from './answer.js'
import type { Batch } from './batch.js'
import type { Call } from './call.js'
import type { GatheredUpload } from './create-upload.js'
import type { CreateFault } from './fault.js'
import { faultAnswer } from './fault-answer.js'
import { makeBatch } from './make-batch.js'
import type { ModelSettings } from './options.js'
import type { PromptCache } from './prompt-cache.js'
import { renderBatch } from './render-batch.js'
import { SeededRandom } from './seeded-random.js'
import { settleCache } from './settle-cache.js'
import { hashNumber } from './stable-hash.js'
import type { WireBatch } from './wire.js'

/** An upload that has come to its end, and what it is judged by. */
export interface CreateAnswerParams {
  readonly call: Call
  readonly fault: CreateFault | null
  readonly gathered: GatheredUpload
  readonly bytes: number
  readonly settings: ModelSettings
  readonly cache: PromptCache
  /** Requests already in line in this workspace. */
  readonly queued: () => number
  readonly nextSequence: () => number
}

/** The outcome of a create call. */
export interface CreateAnswer {
  /** What the API answers. */
  readonly proper: Response<WireBatch>
  /** What the caller gets to see of that. */
  readonly shown: Answer<WireBatch>
  /** Batches that came into being, or will: none, one, or two. */
  readonly batches: readonly Batch[]
}

/** Accepts or refuses a batch at its last byte, and lets a fault have its way with it. */
export function createAnswer(params: CreateAnswerParams): CreateAnswer {
  const { call, fault, gathered } = params
  const refusal = refuse(params)
  if (refusal !== null) return { proper: refusal, shown: refusal, batches: [] }
  const { version, workspaceId } = call
  const facts = {
    settings: params.settings,
    workspaceId,
    version,
    rows: gathered.rows,
    hasHeldRow: gathered.hasHeldRow,
    isForeign: false,
    fault,
  }
  const createdAt = call.now + (fault?.lateMs ?? 0)
  const first = makeBatch({ ...facts, sequence: params.nextSequence(), createdAt, twinOf: null })
  settle(first, params)
  const proper = answerFor(first, call)
  if (fault?.twin === undefined) {
    return {
      proper,
      shown: fault?.lateMs === undefined ? proper : { type: 'reset' },
      batches: [first],
    }
  }
  const second = makeBatch({
    ...facts,
    sequence: params.nextSequence(),
    createdAt: createdAt + (fault.twinDelayMs ?? 0),
    twinOf: first.id,
  })
  return { proper, shown: twinShown(fault, proper, second, call), batches: [first, second] }
}

function refuse(params: CreateAnswerParams): Response<never> | null {
  const { call, gathered, settings, bytes } = params
  if (bytes > settings.maxBytes) return call.tooLarge()
  if (gathered.wrong !== null) {
    const { status, message, code } = gathered.wrong
    const type = status === 413 ? 'request_too_large' : 'invalid_request_error'
    return call.error(status, type, message, code)
  }
  const limit = settings.maxQueuedRequests
  if (Number.isFinite(limit) && params.queued() + gathered.count > limit) {
    return call.error(
      429,
      'rate_limit_error',
      `This request would exceed the limit of ${limit} batch requests in processing for your organization.`,
    )
  }
  return null
}

function settle(batch: Batch, params: CreateAnswerParams): void {
  const { cache, settings } = params
  const random = new SeededRandom(hashNumber(`cache ${batch.id}`, settings.seed))
  cache.sweep(batch.createdAt)
  settleCache({ batch, cache, random, hitRate: settings.cacheHitRate })
}

function twinShown(
  fault: CreateFault,
  proper: Response<WireBatch>,
  second: Batch,
  call: Call,
): Answer<WireBatch> {
  if (fault.twin === 'first') return proper
  if (fault.twin === 'second') return answerFor(second, call)
  return faultAnswer({
    error: 'rate_limit',
    fault: { retryAfterSeconds: 1, ...fault },
    headers: call.headers,
    subject: '',
    properBody: undefined,
  })
}

function answerFor(batch: Batch, call: Call): Response<WireBatch> {
  const shown = renderBatch(batch, { now: batch.createdAt, origin: call.origin, liveCounts: false })
  const counts = {
    processing: batch.rows.length,
    succeeded: 0,
    errored: 0,
    canceled: 0,
    expired: 0,
  }
  // Even a batch without any turnaround has not ended while its creation is answered.
  const fresh: WireBatch = {
    ...shown,
    processing_status: 'in_progress',
    request_counts: counts,
    ended_at: null,
    results_url: null,
  }
  return call.ok(fresh, call.rateHeaders())
}
