import type { IntakeRow } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { UNPRICED_MODEL } from './prices.js'
import { hashOf, type Workload } from './workload.js'

const SHARE = 0.3
// That of most rows too, which asks nobody else then.
const MODELS: readonly [string, ...string[]] = [
  'claude-sonnet-4-6',
  'claude-sonnet-4-6',
  'claude-opus-4-8',
  'claude-haiku-4-5',
  UNPRICED_MODEL,
]

/**
 * Lets the queues of some seeds ask another model what was refused, and has the rows of some deliveries share the name of theirs.
 * From a draw of its own, so that the other seeds go as they did.
 */
export function withOtherModels(seed: number, workload: Workload): Workload {
  const draw = new Draw(seed, `other models of ${workload.project}`)
  if (!draw.chance(SHARE) || workload.deliveries.some(({ rows }) => rows.some(isPlaced))) {
    return workload
  }
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, askRefusedOf: draw.pick(MODELS) }] as const,
  )
  const deliveries = workload.deliveries.map((delivery) =>
    draw.chance(0.5) ? { ...delivery, rows: delivery.rows.map(withSharedModel) } : delivery,
  )
  return { ...workload, deliveries, policies: new Map(policies) }
}

// Not every model can be asked in a place.
function isPlaced({ body }: IntakeRow): boolean {
  return Buffer.from(body).includes('"inference_geo"')
}

// Its item is as long as it was: a comma moves with the member.
function withSharedModel(row: IntakeRow): IntakeRow {
  const member = `"model":"${row.model}"`
  const own = Buffer.from(`${member},`)
  if (!Buffer.from(row.body).subarray(0, own.length).equals(own)) return row
  const shared = row.prefix === null ? '' : `,${Buffer.from(row.prefix.bytes).toString()}`
  const text = `${member}${shared}`
  const prefix = { hash: hashOf(text), bytes: Buffer.from(text) }
  return { ...row, prefix, body: row.body.subarray(own.length) }
}
