import { type IntakeRow, itemBytesOf } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { hashOf, type Workload } from './workload.js'

const SHARE = 0.12
// Of every model that is drawn, what is shared is longer than the least that is cached: 4,096 tokens of 4.5 bytes.
const SHARED_BYTES = 19_000
const LEAST_WAIT_MS = 600_000
const MOST_WAIT_MS = 21_600_000

/**
 * Has the queues of some seeds let one row of each job go first, and the rows of jobs there share what is to be cached. From a draw of its
 * own, so that the other seeds go as they did.
 */
export function withPrimers(seed: number, workload: Workload): Workload {
  const draw = new Draw(seed, `primers of ${workload.project}`)
  const isTight = [...workload.policies.values()].some((policy) => policy.maxBatchBytes)
  if (!draw.chance(SHARE) || isTight) return workload
  const policies = [...workload.policies].map(([queue, policy]) => {
    const primerWaitMs = draw.logWhole(LEAST_WAIT_MS, MOST_WAIT_MS)
    return [queue, { ...policy, primerWaitMs }] as const
  })
  const deliveries = workload.deliveries.map((delivery) => {
    const prefixes = draw.chance(0.3) ? TWO : ONE
    const rows = delivery.rows.map((row) => withPrefix(row, draw.pick(prefixes)))
    return delivery.job === null ? delivery : { ...delivery, rows }
  })
  return { ...workload, deliveries, policies: new Map(policies) }
}

type Prefix = NonNullable<IntakeRow['prefix']>
type Prefixes = readonly [Prefix, ...Prefix[]]

const ONE: Prefixes = [prefixOf('a')]
const TWO: Prefixes = [prefixOf('a'), prefixOf('b')]

function prefixOf(letter: string): Prefix {
  const control = '"cache_control":{"type":"ephemeral","ttl":"1h"}'
  const text = `"system":[{"type":"text","text":"${letter.repeat(SHARED_BYTES)}",${control}}]`
  return { hash: hashOf(text), bytes: Buffer.from(text) }
}

function withPrefix(row: IntakeRow, prefix: Prefix): IntakeRow {
  const before = row.prefix?.bytes.length ?? 0
  const own = row.itemBytes - itemBytesOf(before, row.body.length)
  return { ...row, prefix, itemBytes: itemBytesOf(prefix.bytes.length, row.body.length) + own }
}
