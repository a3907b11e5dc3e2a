import { exportedDeclarations } from './exported-declarations.js'
import { forbiddenForms } from './forbidden-forms.js'
import { functionLengths } from './function-lengths.js'
import { outsideReads } from './outside-reads.js'
import type { Finding, Measure, SourceText } from './source-text.js'

// The limits of the house for one file, one function, and the middle ones of a package. Lines.
const BAR: Readonly<Record<'file' | 'function', { median: number; max: number }>> = {
  file: { median: 120, max: 350 },
  function: { median: 15, max: 60 },
}

/** The countable side of a package, or of all of them together. */
export interface PackageFigures {
  /** Folder of the package from the root, or `total`. */
  name: string
  /** Lines of each source file. */
  fileLines: readonly number[]
  /** Lines of each function. */
  functionLines: readonly number[]
  /** Exported declarations. */
  exportCount: number
  /** Lines of its tests. */
  testLineCount: number
  /** Everything that breaks the bar at a place. */
  findings: readonly Finding[]
}

/**
 * Measures the sources of one package.
 *
 * @param name folder of the package from the root.
 * @param sources its source files, parsed.
 * @param tests the text of each of its test files.
 */
export function measurePackage(
  name: string,
  sources: readonly SourceText[],
  tests: readonly string[],
): PackageFigures {
  return {
    name,
    fileLines: sources.map(({ text }) => lineCountOf(text)),
    functionLines: sources.flatMap((one) => functionLengths(one).map(({ lineCount }) => lineCount)),
    exportCount: sources.flatMap(exportedDeclarations).length,
    testLineCount: sumOf(tests.map(lineCountOf)),
    findings: sources.flatMap(findingsOf),
  }
}

/** Puts packages together as if they were one. */
export function totalOf(packages: readonly PackageFigures[]): PackageFigures {
  return {
    name: 'total',
    fileLines: packages.flatMap((one) => one.fileLines),
    functionLines: packages.flatMap((one) => one.functionLines),
    exportCount: sumOf(packages.map((one) => one.exportCount)),
    testLineCount: sumOf(packages.map((one) => one.testLineCount)),
    findings: packages.flatMap((one) => one.findings),
  }
}

/** Names each median of a package that is over the bar, as a sentence. */
export function mediansOverBar(figures: PackageFigures): readonly string[] {
  const found: string[] = []
  for (const [what, lines] of [
    ['file', figures.fileLines],
    ['function', figures.functionLines],
  ] as const) {
    const median = medianOf(lines)
    if (median <= BAR[what].median) continue
    found.push(
      `${figures.name}: the median ${what} has ${median} lines; at most ${BAR[what].median}`,
    )
  }
  return found
}

/** Counts the findings of one measure. */
export function countOf(figures: PackageFigures, measure: Measure): number {
  return figures.findings.filter((one) => one.measure === measure).length
}

/** The middle value, or the mean of the two middle ones; 0 of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0
  return (upper + lower) / 2
}

/** The sum, 0 of nothing. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function findingsOf(source: SourceText): readonly Finding[] {
  const { path } = source
  const lineCount = lineCountOf(source.text)
  const found: Finding[] = [...forbiddenForms(source), ...outsideReads(source)]
  if (lineCount > BAR.file.max) {
    found.push({ path, line: 1, measure: 'file too long', detail: `${lineCount} lines` })
  }
  for (const one of functionLengths(source)) {
    if (one.lineCount <= BAR.function.max) continue
    const detail = `${one.name} has ${one.lineCount} lines`
    found.push({ path, line: one.line, measure: 'function too long', detail })
  }
  for (const one of exportedDeclarations(source)) {
    if (one.isDocumented) continue
    found.push({ path, line: one.line, measure: 'undocumented export', detail: one.name })
  }
  return found.sort((a, b) => a.line - b.line)
}

function lineCountOf(text: string): number {
  const lineCount = text.split('\n').length
  return text.endsWith('\n') ? lineCount - 1 : lineCount
}
