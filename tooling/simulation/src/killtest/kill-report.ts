import type { KillSums } from '../tally/kill-tally.js'
import { DISASTERS } from './disasters.js'
import { CLOCK_FACTOR } from './emulator-process.js'

/** What was asked for, as far as the report says it. */
export interface KillReportParams {
  readonly kills: number
  readonly storeKind: string
  readonly workers: number
  readonly seed: number
  /** The one that was run; null when nobody asked. */
  readonly commit: string | null
}

/** What runs with disasters in them came to, for people, and in the last line as `name=value`. */
export function killReportLines(params: KillReportParams, sums: KillSums): readonly string[] {
  const { storeKind, workers, seed, kills, commit } = params
  const kinds = DISASTERS.filter((name) => sums.struck[name] > 0)
  const repeat = `npm run killtest -- --kills ${kills} --store ${storeKind} --workers ${workers} --seed ${seed}`
  return [
    `disasters by kind: ${kinds.map((name) => `${name} ${sums.struck[name]}`).join(', ')}`,
    `again: ${repeat}; with other disasters: --seed ${seed + 1}`,
    [
      `kills=${sums.struck.kill} store=${storeKind} workers=${workers} clock_factor=${CLOCK_FACTOR}`,
      `runs=${sums.runs} starts=${sums.starts} billed_twice=${sums.billedTwice} lost=${sums.lost}`,
      `problems=${sums.problems} ms=${sums.ms}${commit === null ? '' : ` commit=${commit}`}`,
    ].join(' '),
  ]
}
