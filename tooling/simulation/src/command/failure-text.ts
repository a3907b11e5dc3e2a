import type { SeedReport } from '../run-seed.js'

const MOST_FAULTS = 60
const MOST_VIOLATIONS = 10

/** What there is to say about a seed that failed, and the line that replays it. */
export function failureText(
  report: SeedReport,
  replay: { readonly plant: string | null; readonly without: readonly string[] },
): string {
  const { seed, storeKind, isWithin, violations, faultTrace } = report
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
    replayLine({ seed, storeKind, ...replay }),
  ].join('\n')
}

/** The command that runs a seed again. */
export function replayLine(run: {
  readonly seed: number
  readonly storeKind: string
  readonly plant: string | null
  readonly without: readonly string[]
}): string {
  const planted = run.plant === null ? '' : ` --plant ${run.plant}`
  const without = run.without.length === 0 ? '' : ` --without ${run.without.join(',')}`
  return `npm run simulate -- --seed ${run.seed} --store ${run.storeKind}${planted}${without}`
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}
