/** What becomes of lines of results files: read, judged, and written for people and programs. */
export { anthropicRow } from './anthropic-row.js'
export { exportRow } from './export-row.js'
export { type OutputRow, type OutputStatus, outputRowOf } from './output-row.js'
export { FIRST_READING, type ReadingMark, ReadingOn } from './reading-mark.js'
export type { MalformedLine, ResultFacts, ResultReading } from './result-facts.js'
export { readResultLine } from './result-line.js'
export type { RowError } from './row-error.js'
export { successVerdict } from './success-verdict.js'
