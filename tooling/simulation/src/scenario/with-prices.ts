import { type IntakeRow, itemBytesOf } from '@halfrate/core'
import { wireBytesOf } from '@halfrate/core/intake'
import { Draw } from '../chance/draw.js'
import type { IntakeFacts } from '../judge/intake-watch.js'
import { CHANGE_DAY, CHANGING_MODEL } from './prices.js'
import { hashOf, type Workload } from './workload.js'

const SHARE = 0.4
const MODELS: readonly [string, ...string[]] = ['claude-haiku-5-5', 'claude-opus-5', CHANGING_MODEL]
// Midnight comes while most of the work goes on.
const BEFORE_CHANGE_MS = 20 * 60_000

/** A workload whose answers cost something of everything. */
export interface PricedWorkload {
  readonly workload: Workload
  /** When the run begins, so that the prices of a model change in it. */
  readonly startAt: number
}

/**
 * Asks in some seeds models whose answers have tokens of all kinds, prompts about a threshold, and searches, some of them in the US; such
 * runs begin shortly before a price changes. Null for the other seeds. From a draw of its own, so that those go as they did without.
 */
export function withPrices(seed: number, workload: Workload): PricedWorkload | null {
  const draw = new Draw(seed, 'prices')
  if (!draw.chance(SHARE)) return null
  const facts = new Map(workload.facts)
  const changed = new Map<IntakeRow, IntakeRow>()
  for (const row of new Set(workload.deliveries.flatMap(({ rows }) => rows))) {
    const [isChosen, model, isUs] = [draw.chance(0.7), draw.pick(MODELS), draw.chance(0.3)]
    if (!isChosen) continue
    const other = asked(row, model, isUs)
    const known = facts.get(hexOf(row.paramsHash)) as IntakeFacts
    facts.set(hexOf(other.paramsHash), { ...known, model })
    changed.set(row, other)
  }
  const deliveries = workload.deliveries.map((delivery) => ({
    ...delivery,
    rows: delivery.rows.map((row) => changed.get(row) ?? row),
  }))
  const startAt = Date.parse(CHANGE_DAY) - BEFORE_CHANGE_MS
  return { workload: { ...workload, deliveries, facts }, startAt }
}

/** Whether a model's answers have tokens of all kinds; no other seed asks it. */
export function hasAllKinds(model: unknown): boolean {
  return MODELS.some((each) => each === model)
}

function asked(row: IntakeRow, model: string, isUs: boolean): IntakeRow {
  const text = Buffer.from(row.body).toString('latin1')
  const geo = isUs ? ',"inference_geo":"us"' : ''
  const body = new Uint8Array(
    Buffer.from(text.replace(`"model":"${row.model}"`, `"model":"${model}"`) + geo, 'latin1'),
  )
  const itemBytes = itemBytesOf(row.prefix?.bytes.length ?? 0, wireBytesOf(body))
  const paramsHash = hashOf(`${hexOf(row.paramsHash)}|${model}|${geo}`)
  return { ...row, body, itemBytes, paramsHash, model }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
