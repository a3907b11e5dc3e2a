import type { SeedReport } from '../run-seed.js'

const MOST_FAULTS = 60
const MOST_VIOLATIONS = 10

/** What there is to say about a seed that failed, and the line that replays it. */
export function failureText(report: SeedReport, plant: string | null): string {
  const { seed, storeKind, isWithin, violations, faultTrace } = report
  const planted = plant === null ? '' : ` --plant ${plant}`
  const shown = faultTrace.slice(-MOST_FAULTS)
  const left = faultTrace.length - shown.length
  return [
    `seed ${seed} failed${isWithin ? '' : ' (it breaks a published assumption)'}:`,
    ...violations
      .slice(0, MOST_VIOLATIONS)
      .map(({ invariant, message, at }) => `  ${timeText(at)} ${invariant}: ${message}`),
    left > 0 ? `faults, the last ${shown.length} of ${faultTrace.length}:` : 'faults:',
    ...shown.map(({ at, kind, detail }) => `  ${timeText(at)} ${kind}: ${detail}`),
    'replay:',
    `npm run simulate -- --seed ${seed} --store ${storeKind}${planted}`,
  ].join('\n')
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}
