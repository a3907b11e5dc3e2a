import { DAY_MS, type EpochMs, HOUR_MS } from '../../model/time.js'
import type { BatchKind } from '../../model/turnaround.js'

/** Of which batches a cell is, from the broadest to the narrowest: all, those of a model's family, of its size, of the hour of the week. */
export type CellBreadth = 'account' | 'family' | 'size' | 'hour'

/** The name of a cell, and of which batches it is. */
export interface NamedCell {
  readonly name: string
  readonly breadth: CellBreadth
}

const FAMILIES = ['opus', 'sonnet', 'haiku', 'fable', 'mythos'] as const

/** The family of models that a batch is of. Of several it is `mixed`, of one that is not known `other`. */
export type ModelFamily = (typeof FAMILIES)[number] | 'mixed' | 'other'

/** The cells that a batch belongs to, the broadest first; one alone where its models are not known. */
export function cellsOf({ models, requests, startsAt }: BatchKind): readonly NamedCell[] {
  const all = { name: 'all', breadth: 'account' } as const
  if (models === null) return [all]
  const family = familyOf(models)
  const size = `${family} ${sizeClassOf(requests)}`
  return [
    all,
    { name: family, breadth: 'family' },
    { name: size, breadth: 'size' },
    { name: `${size} ${hourOfWeek(startsAt)}`, breadth: 'hour' },
  ]
}

/** The family that models are of. */
export function familyOf(models: readonly string[]): ModelFamily {
  const families = new Set(
    models.map((model) => FAMILIES.find((family) => model.includes(family)) ?? 'other'),
  )
  const [first = 'other'] = families
  return families.size > 1 ? 'mixed' : first
}

/** The size of a batch by its powers of ten: `10` for 1 to 10 requests, `100` for up to 100, and so on up to `100000`. */
export function sizeClassOf(requests: number): string {
  return String(10 ** Math.min(5, Math.max(1, Math.ceil(Math.log10(Math.max(1, requests))))))
}

/** Hours since Monday 00:00 UTC, 0 to 167: the provider's load is that of the world, whatever the caller's zone. */
export function hourOfWeek(at: EpochMs): number {
  // 1970-01-01 was a Thursday.
  const sinceMonday = (at + 3 * DAY_MS) % (7 * DAY_MS)
  return Math.floor((sinceMonday + (sinceMonday < 0 ? 7 * DAY_MS : 0)) / HOUR_MS)
}
