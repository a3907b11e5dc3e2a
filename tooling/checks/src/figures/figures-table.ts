import { countOf, medianOf, type PackageFigures, sumOf } from './package-figures.js'

const COLUMNS: readonly [string, (figures: PackageFigures) => string][] = [
  ['', ({ name }) => name],
  ['files', ({ fileLines }) => String(fileLines.length)],
  ['lines', ({ fileLines }) => String(sumOf(fileLines))],
  ['median', ({ fileLines }) => String(medianOf(fileLines))],
  ['max', ({ fileLines }) => String(Math.max(0, ...fileLines))],
  ['functions', ({ functionLines }) => String(functionLines.length)],
  ['median', ({ functionLines }) => String(medianOf(functionLines))],
  ['max', ({ functionLines }) => String(functionLines.reduce((a, b) => Math.max(a, b), 0))],
  ['documented', documentedShare],
  ['any', (figures) => String(countOf(figures, 'any or silenced types'))],
  ['reads', (figures) => String(countOf(figures, 'outside read'))],
  ['Error', (figures) => String(countOf(figures, 'plain Error'))],
  ['export *', (figures) => String(countOf(figures, 'export * or default'))],
  ['tests ÷ source', testShare],
]

/**
 * Lays out figures as a table for people: a row each, numbers to the right.
 *
 * `reads` are those of clock, chance and environment; `Error` is thrown plain errors; `export *` includes default exports.
 */
export function figuresTable(rows: readonly PackageFigures[]): string {
  const cells = [
    COLUMNS.map(([head]) => head),
    ...rows.map((row) => COLUMNS.map(([, read]) => read(row))),
  ]
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  const lay = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)
  return cells.map((row) => row.map(lay).join('  ').trimEnd()).join('\n')
}

function documentedShare(figures: PackageFigures): string {
  if (figures.exportCount === 0) return '–'
  const missing = countOf(figures, 'undocumented export')
  return `${Math.floor((100 * (figures.exportCount - missing)) / figures.exportCount)} %`
}

function testShare(figures: PackageFigures): string {
  return (figures.testLineCount / Math.max(1, sumOf(figures.fileLines))).toFixed(1)
}
