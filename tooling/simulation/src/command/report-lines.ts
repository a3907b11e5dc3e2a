import type { SeedSums } from '../jobs/seed-sums.js'
import type { StoreKind } from '../store/open-store.js'

/** What many seeds came to, for people, and in the last line as `name=value`; `commit`: the one that was run, if it is known. */
export function reportLines(
  sums: SeedSums,
  run: { readonly storeKind: StoreKind; readonly ms: number; readonly commit?: string },
): readonly string[] {
  const kinds = Object.entries(sums.kinds).sort(([, a], [, b]) => b - a)
  const { seeds, within, duplicatesWithin, duplicatesBeyond } = sums
  const commit = run.commit === undefined ? '' : ` commit=${run.commit}`
  return [
    `faults by kind: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `${seeds} seeds with ${sums.requests} requests and ${sums.billed} paid rows; ${within} seeds kept the published assumptions, ${seeds - within} broke one on purpose.`,
    `paid twice: ${duplicatesWithin} within the assumptions, ${duplicatesBeyond} beyond them, each of those booked.`,
    ...restores(sums),
    ...statistics(sums),
    [
      `seeds=${seeds} store=${run.storeKind} within=${within} steps=${sums.steps} faults=${sums.faults}`,
      `fault_kinds=${kinds.length} crashes=${sums.crashes} duplicates_within=${duplicatesWithin}`,
      `duplicates_beyond=${duplicatesBeyond} lost=${sums.lost} restored=${sums.restored} violations=${sums.failed} ms=${run.ms}${commit}`,
    ].join(' '),
  ]
}

function restores(sums: SeedSums): readonly string[] {
  const { restored, imported, forgotten, duplicatesRestored: duplicates } = sums
  if (restored === 0) return []
  return [
    `backups put back: ${restored}, without ${forgotten} of the requests that were taken in; recoveries took in ${imported} batches; ${duplicates} rows paid twice around them, counted above.`,
  ]
}

// The rule of three: with none in N, the rate lies below 3/N in 95 of 100 cases.
function statistics({ seeds, failed }: SeedSums): readonly string[] {
  if (failed > 0 || seeds === 0) return []
  const perMillion = Math.ceil(3_000_000 / seeds)
  return [
    `No failure in ${seeds} seeds: with 95 % confidence fewer than ${perMillion} in a million.`,
  ]
}
