import type { CostsReport } from '@halfrate/runtime'
import { csvLine } from '../output/csv-line.js'
import { costColumns } from './cost-columns.js'

const OTHER = 'all others'

/** Costs as CSV: a line for each group, without a total, so that columns can be summed. */
export function costsCsv({ by, lines, other, total }: CostsReport): string {
  const head = [...by, ...Object.keys(costColumns(total))]
  const rows = lines.map(({ group, ...figures }) => [
    ...group.map((value) => value ?? ''),
    ...cellsOf(figures),
  ])
  if (other !== null) rows.push([...by.map(() => OTHER), ...cellsOf(other)])
  return [head, ...rows].map((row) => `${csvLine(row, ',')}\r\n`).join('')
}

function cellsOf(figures: Parameters<typeof costColumns>[0]): readonly string[] {
  return Object.values(costColumns(figures)).map((value) => (value === null ? '' : String(value)))
}
