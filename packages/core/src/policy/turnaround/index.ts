/** How long batches take: what is learned of it, what is published, and what both foretell. */
export { turnaroundSetting } from '../../model/setting-documents.js'
export type { BatchKind, Turnaround, TurnaroundCell } from '../../model/turnaround.js'
export {
  type EndedBatch,
  NO_TURNAROUND,
  readTurnaround,
  withTurnaround,
} from './note-turnaround.js'
export { policyIn } from './policy-in.js'
export { PUBLISHED_TURNAROUND } from './published-turnaround.js'
export {
  type BatchOutlook,
  batchOutlook,
  type Outlook,
  type OutlookFor,
  outlookBy,
  type ReadyRange,
  readyRange,
  TURNAROUND_SLACK_MS,
} from './ready-outlook.js'
export { sendByAt, type TurnaroundFacts, turnaroundFacts } from './send-by.js'
export type { CellBreadth } from './turnaround-cells.js'
export {
  EQUAL_BATCHES,
  shareWithin,
  type TurnaroundOdds,
  turnaroundOdds,
  turnaroundWithin,
} from './turnaround-odds.js'
