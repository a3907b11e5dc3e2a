import {
  DEFAULT_PROJECT,
  type IntakeRow,
  itemBytesOf,
  laneKey,
  type OnLostAnswer,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
} from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { IntakeFacts } from '../judge/intake-watch.js'
import { simDigest } from '../process/sim-digest.js'
import { UNPRICED_MODEL } from './prices.js'

/** Requests that are put in together. */
export interface Delivery {
  /** The job's name; null for loose requests. */
  readonly job: string | null
  readonly queue: QueueName
  readonly rows: readonly IntakeRow[]
  readonly onConflict: 'report' | 'supersede'
  /** When it begins, milliseconds from the start of the run. */
  readonly atMs: number
}

/** What callers do to requests that are under way. */
export interface Cancellation {
  readonly atMs: number
  readonly keys: readonly string[]
}

/** Everything that callers do in a run. */
export interface Workload {
  readonly project: ProjectId
  readonly deliveries: readonly Delivery[]
  readonly cancellations: readonly Cancellation[]
  /** When they ask for the end of another project's requests, which must change nothing; like `atMs`. */
  readonly trespassesAtMs: readonly number[]
  readonly policies: ReadonlyMap<QueueName, Partial<QueuePolicy>>
  /** What callers put into rows, by the hash of their params in hex. */
  readonly facts: ReadonlyMap<string, IntakeFacts>
}

/** So many requests, in about so many batches. */
export interface Crowd {
  readonly requests: number
  readonly batches: number
}

/** What a workload is drawn for. */
export interface WorkloadFacts {
  readonly chaosMs: number
  readonly onLostAnswer: OnLostAnswer
  readonly giveUpAfterMs: number
  /** Null for the usual 5 to 60 requests. */
  readonly crowd: Crowd | null
}

/** Makes rows, and remembers what is in them. */
export class RowMaker {
  readonly facts: Map<string, IntakeFacts> = new Map()
  #tokens: number

  /** `before` is the number of the token before the first one. */
  constructor(before: number = 0) {
    this.#tokens = before
  }

  /** A row of the given model; `shared` goes into a prefix. */
  make(params: {
    readonly key: string
    readonly row: number | null
    readonly model: string
    readonly lane: string
    readonly shared: string | null
  }): IntakeRow {
    const { key, row, model, lane, shared } = params
    this.#tokens += 1
    const token = `token-${this.#tokens}`
    const prefix = shared === null ? null : { hash: hashOf(shared), bytes: encode(shared) }
    const body = encode(
      `"model":"${model}","max_tokens":600,"messages":[{"role":"user","content":"${token}"}]`,
    )
    const paramsHash = hashOf(`${shared ?? ''}|${token}|${model}`)
    this.facts.set(Buffer.from(paramsHash).toString('hex'), { token, model })
    return {
      key,
      keyHash: hashOf(key),
      row,
      paramsHash,
      body,
      prefix,
      itemBytes: itemBytesOf(prefix?.bytes.length ?? 0, body.length),
      lane,
      model,
      maxTokens: 600,
      deadlineAt: null,
      labels: null,
    }
  }
}

const MODELS: readonly [string, ...string[]] = [
  'claude-haiku-4-5',
  'claude-sonnet-4-6',
  'claude-opus-4-8',
  UNPRICED_MODEL,
]
const LANES: readonly [string, ...string[]] = [laneKey({}), laneKey({ apiVersion: '2023-06-01' })]
/** The queue that every run has. */
export const Q1: QueueName = 'q1' as QueueName
/** The one that some have besides. */
export const Q2: QueueName = 'q2' as QueueName
const SHARED = '"system":"You are a careful clerk who reads claims and answers in one short line."'

/** Draws what callers do: 5 to 60 requests in one to three deliveries, some of them changed or canceled later. */
export function drawWorkload(draw: Draw, facts: WorkloadFacts): Workload {
  const maker = new RowMaker()
  const queues: readonly [QueueName, ...QueueName[]] = draw.chance(0.3) ? [Q1, Q2] : [Q1]
  const usual = draw.logWhole(5, 60)
  const total = facts.crowd?.requests ?? usual
  const parts = draw.whole(1, 3)
  const mixed = draw.chance(0.4)
  const lanes = draw.chance(0.2) ? LANES : ([LANES[0]] as const)
  const shared = draw.chance(0.4) ? SHARED : null
  const deliveries: Delivery[] = []
  const atMs = (): number => Math.floor(draw.fraction() ** 3 * facts.chaosMs * 0.6)
  for (let part = 0; part < parts; part += 1) {
    const isJob = draw.chance(0.6)
    const size = Math.max(1, Math.floor(total / parts))
    const rows = Array.from({ length: size }, (_, index) =>
      maker.make({
        key: `d${part}-${index}`,
        row: isJob ? index + 1 : null,
        model: mixed ? draw.pick(MODELS) : MODELS[0],
        lane: draw.pick(lanes),
        shared,
      }),
    )
    const job = isJob ? `job-${part}` : null
    const delivery: Delivery = {
      job,
      queue: draw.pick(queues),
      rows,
      onConflict: 'report',
      atMs: atMs(),
    }
    deliveries.push(delivery)
    if (draw.chance(0.15)) deliveries.push(changed(delivery, maker, draw, atMs()))
  }
  return {
    project: DEFAULT_PROJECT,
    deliveries,
    cancellations: drawCancellations(draw, deliveries, facts.chaosMs),
    trespassesAtMs: [],
    policies: new Map(queues.map((queue) => [queue, drawPolicy(draw, { ...facts, total })])),
    facts: maker.facts,
  }
}

/** What a caller puts in later in the place of a delivery: some of its rows are others under the same keys. */
export function changed(first: Delivery, maker: RowMaker, draw: Draw, laterMs: number): Delivery {
  const rows = first.rows.map((row) => (draw.chance(0.3) ? another(row, maker) : row))
  return { ...first, rows, onConflict: 'supersede', atMs: first.atMs + 1 + laterMs }
}

/** Another question in the place of a row: under its key, to its model, wanted when it is. */
export function another(
  { key, row, model, lane, deadlineAt }: IntakeRow,
  maker: RowMaker,
): IntakeRow {
  return { ...maker.make({ key, row, model, lane, shared: null }), deadlineAt }
}

/** Draws what callers cancel of what they put in. */
export function drawCancellations(
  draw: Draw,
  deliveries: readonly Delivery[],
  chaosMs: number,
): readonly Cancellation[] {
  if (!draw.chance(0.3)) return []
  return Array.from({ length: draw.whole(1, 3) }, () => {
    // Now and then everything, so that whole batches are canceled at the provider.
    const share = draw.chance(0.2) ? 1 : 0.15
    return {
      atMs: Math.floor(draw.fraction() * chaosMs),
      keys: deliveries.flatMap(({ rows }) =>
        rows.filter(() => draw.chance(share)).map(({ key }) => key),
      ),
    }
  })
}

/** Draws the policy of a queue into which `total` requests are put. */
export function drawPolicy(
  draw: Draw,
  {
    onLostAnswer,
    giveUpAfterMs,
    crowd,
    total,
  }: Omit<WorkloadFacts, 'chaosMs'> & { readonly total: number },
): Partial<QueuePolicy> {
  // A handful of batches shows what many would, in a fraction of the steps.
  const handful = draw.whole(1, 8)
  const most = Math.ceil(total / (crowd?.batches ?? handful))
  const limits = draw.chance(crowd === null ? 0.5 : 1)
    ? { maxBatchRequests: most }
    : draw.chance(0.3)
      ? { maxBatchBytes: 250 + most * draw.whole(100, 250) }
      : {}
  const atOnce = { count: 10_000, bytes: 200_000_000, ageMs: 0 }
  const flush = draw.pick([
    atOnce,
    { count: draw.whole(most, total), bytes: 200_000_000, ageMs: draw.logWhole(1_000, 3_600_000) },
    {
      count: 10_000,
      bytes: 200 + most * draw.whole(100, 250),
      ageMs: draw.logWhole(1_000, 3_600_000),
    },
  ])
  return {
    flush: crowd === null ? flush : atOnce,
    ...limits,
    onLostAnswer,
    maxFailures: draw.whole(1, 5),
    giveUpAfterMs,
    accept: draw.chance(0.3) ? ['cut_off'] : [],
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The 128-bit hash of a text, as rows and keys bear it. */
export function hashOf(text: string): Uint8Array {
  return simDigest.hash128(encode(text))
}
